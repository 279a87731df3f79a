import type { Gate, RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { FOUR_WAVES } from '#domain/rollout/shipped-plans.ts';

/** What the customer knows of its servers, as its file has it. The owner of the file server is missing: the service lists that. */
export const INVENTORY_FILE = `server,roles,environment,tier,applications,needs,owner,owner_kind,owner_contact,window
pilot1.lon.delta.example,iis,test,low,Tracking,,Web team,team,web@delta.example,delta-pilot
pilot2.lon.delta.example,application,staging,low,Freight ERP,,ERP team,team,erp@delta.example,delta-pilot
web1.lon.delta.example,iis,production,medium,Tracking,,Web team,team,web@delta.example,delta-web
web2.lon.delta.example,iis,production,medium,Tracking,,Web team,team,web@delta.example,delta-web
dc1.lon.delta.example,domain-controller,production,critical,,,Core team,team,core@delta.example,delta-core
dc2.lon.delta.example,domain-controller,production,critical,,,Core team,team,core@delta.example,delta-core
fs1.lon.delta.example,file-server,production,critical,Documents,,,,,delta-core
erp1.lon.delta.example,sql-server,production,high,Freight ERP,,ERP team,team,erp@delta.example,delta-apps
erp2.lon.delta.example,application,production,high,Freight ERP,erp1.lon.delta.example,ERP team,team,erp@delta.example,delta-apps
`;

/** Every server of a wave must have it before the next wave begins: there are few. */
const GATE: Gate = {
  minVerified: 2,
  minPercent: 100,
  maxFailures: 0,
  soakHours: 12,
  noIncident: true,
  ownerTest: 'none',
  go: false,
  timeoutHours: 240,
  tell: ['change-board@delta.example'],
};

/** The shipped plan with gates for a small fleet; the pilots' owners say whether their applications work. */
export const ROLLOUT_PLAN: RolloutPlan = {
  name: 'delta-four-waves',
  kinds: FOUR_WAVES.kinds,
  waves: FOUR_WAVES.waves.map((wave, index) => ({
    ...wave,
    atOnce: { kind: 'all' },
    gate: index === 0 ? { ...GATE, ownerTest: 'one' } : GATE,
  })),
  placement: FOUR_WAVES.placement,
  twoPersons: false,
};

const DEMANDS = { failures: 3, contactHours: 60 };
/** The service's clock moves half an hour at a time here, so the servers' clocks seem to differ by so much. */
const IMPORTANT = { ...DEMANDS, backupHours: 36, clockMinutes: 45, tls: true };

/** What its servers must show before their turn. */
export const READINESS_POLICY = {
  name: 'delta-readiness',
  tiers: { critical: IMPORTANT, high: IMPORTANT, medium: DEMANDS, low: DEMANDS, unknown: DEMANDS },
};
