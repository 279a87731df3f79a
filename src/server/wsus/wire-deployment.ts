import type { DeploymentSet } from '#domain/decide/deployment.ts';
import { DEPLOYMENT_ACTIONS, type WireDeployment } from '#protocol/wusp/responses.ts';

/** Room for every action, with and without a deadline, below one revision id. */
const VARIANTS = 16;

/**
 * A deployment as the client receives it. Its id has a space of its own: the same for the same revision, action and presence of a
 * deadline, another one otherwise; real servers number deployments, and what clients do with the number is not documented.
 */
export function wireDeployment(revisionId: number, set: DeploymentSet): WireDeployment {
  const deployment = set.deployments.get(revisionId);
  if (!deployment) throw new Error(`revision ${revisionId} is not in the deployment set`);
  const { action, deadline, lastChange } = deployment;
  const variant = DEPLOYMENT_ACTIONS.indexOf(action) * 2 + (deadline ? 1 : 0);
  const id = (revisionId * VARIANTS + variant) % 2 ** 31;
  return { id, action, isAssigned: true, lastChangeTime: lastChange, ...(deadline ? { deadline } : {}) };
}
