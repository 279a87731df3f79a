import { isEndpoint } from '#domain/fleet/region.ts';
import type { InstallTime } from '#domain/windows/install-time.ts';
import { planPolicy, seedPolicy } from '#domain/windows/policy-values.ts';
import { isPlain, plain, powershellText, windowsLines } from '#domain/windows/quote.ts';
import { lgpoText, preferencesXml, regFile } from '#domain/windows/registry-files.ts';
import { AU_KEY, type RegistryValue, WINDOWS_UPDATE_KEY } from '#domain/windows/registry-value.ts';

/** Which registry values a server gets: those that the service publishes, or those of its plan. */
export type Profile = 'seed' | 'plan';

/** Everything that the files of one customer are made from. */
export interface BootstrapChoice {
  readonly customer: string;
  readonly profile: Profile;
  /** `https://host[:port]`, where the customer's region is reached. */
  readonly endpoint: string;
  /** Enrolment token; goes into the path of WUServer. */
  readonly token: string;
  readonly time: InstallTime;
  /** What the time means, for people. */
  readonly schedule: string;
  readonly strict: boolean;
  readonly group?: string;
  /** With the installer of the settings task. Not for the seed profile, whose values the task would change. */
  readonly task: boolean;
}

/** The scripts as they stand in `agent/`, without their head of values. */
export interface AgentScripts {
  readonly enrol: string;
  readonly installTask: string;
  readonly settingsTask: string;
  readonly optOut: string;
}

export interface BootstrapFile {
  readonly name: string;
  /** How it is to be written; UTF-16LE with a byte order mark. */
  readonly encoding: 'ascii' | 'utf-16le';
  readonly text: string;
}

export type Bootstrap =
  | { readonly ok: true; readonly files: readonly BootstrapFile[]; readonly values: readonly RegistryValue[] }
  | { readonly ok: false; readonly code: 'bootstrap.invalid'; readonly message: string };

/**
 * The files with which a customer's servers enrol and leave again: registration file, PowerShell, two forms for Group Policy and, where
 * wanted, the settings task. Refuses what does not belong into a script; everything else is quoted.
 */
export function bootstrapFiles(choice: BootstrapChoice, scripts: AgentScripts): Bootstrap {
  const problem = problemOf(choice);
  if (problem !== undefined) return { ok: false, code: 'bootstrap.invalid', message: problem };
  const { profile, time, strict, group, endpoint, token, task } = choice;
  const wuServer = `${endpoint}/${token}`;
  const values =
    profile === 'seed'
      ? seedPolicy({ wuServer, time })
      : planPolicy({ wuServer, time, strict, ...(group === undefined ? {} : { group }) });
  const about = headingOf(choice);
  const heading = [...about, 'It holds the enrolment token of the customer; keep it as you keep passwords.'];
  const script = (name: string, head: readonly string[], body: string): BootstrapFile => ({
    name,
    encoding: 'ascii',
    text: windowsLines([
      ...(head.length > 0 ? heading : about).map((line) => `# ${plain(line)}`),
      ...head,
      ...body.trimEnd().split('\n').map(plain),
    ]),
  });
  const server = `$WUServer = ${powershellText(wuServer)}`;
  const files: BootstrapFile[] = [
    { name: 'policy.reg', encoding: 'utf-16le', text: regFile(values, heading) },
    script('enrol.ps1', [server, ...valuesTable(values), ...managedTable(values)], scripts.enrol),
    script('opt-out.ps1', [], scripts.optOut),
    { name: 'policy-lgpo.txt', encoding: 'ascii', text: lgpoText(values, heading) },
    { name: 'gpo-registry.xml', encoding: 'ascii', text: preferencesXml(values, heading) },
  ];
  if (profile === 'plan') files.push(script('settings-task.ps1', [], scripts.settingsTask));
  if (task) files.push(script('install-task.ps1', [server], scripts.installTask));
  return { ok: true, files, values };
}

/** Why nothing is generated; undefined when all is well. */
function problemOf({
  customer,
  endpoint,
  token,
  schedule,
  group,
  profile,
  task,
  time,
}: BootstrapChoice): string | undefined {
  if (!isPlain(customer) || !isPlain(schedule)) return 'the names must be printable ASCII';
  if (!isEndpoint(endpoint)) return `"${endpoint}" is not of the form https://host or https://host:port`;
  if (!/^[A-Za-z0-9-]{16,100}$/.test(token)) return 'the token is not of the form in which enrolment tokens are made';
  if (group !== undefined && !/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/.test(group)) return 'the target group is no name';
  if (group !== undefined && profile === 'seed') return 'the seed profile names no target group';
  if (task && profile === 'seed')
    return 'the settings task would change the values of the seed profile; use the plan profile';
  if (!Number.isInteger(time.hour) || time.hour < 0 || time.hour > 23) return 'the hour must be 0 to 23';
  if (!Number.isInteger(time.day) || time.day < 0 || time.day > 7)
    return 'the day must be 0 (every day) to 7 (Saturday)';
  return undefined;
}

function headingOf({ customer, profile, schedule, strict }: BootstrapChoice): readonly string[] {
  return [
    `Second Tuesday, servers of ${customer}, profile ${profile}${strict ? ', strict' : ''}: ${schedule}.`,
    'This file has not yet been executed on Windows: try it on a test server first.',
  ];
}

/** Short names of the keys in the tables of a script. */
const KEYS = new Map([
  [WINDOWS_UPDATE_KEY, '$W'],
  [AU_KEY, '$AU'],
]);

function valuesTable(values: readonly RegistryValue[]): readonly string[] {
  const rows = values.map((one) => {
    const value = one.type === 'String' ? powershellText(one.value) : one.value;
    return `  @{ Key = ${keyOf(one)}; Name = ${powershellText(one.name)}; Type = '${one.type}'; Value = ${value} }`;
  });
  return [...[...KEYS].map(([key, name]) => `${name} = ${powershellText(key)}`), '$Values = @(', ...rows, ')'];
}

function keyOf({ key }: Pick<RegistryValue, 'key'>): string {
  return KEYS.get(key) ?? powershellText(key);
}

/** Every value that this service may set on a server, now or by the settings task later. */
export function managedNames(values: readonly RegistryValue[]): readonly Pick<RegistryValue, 'key' | 'name'>[] {
  const time = { day: 0, hour: 2, windowMinutes: 240 };
  const choice = { wuServer: '', time, strict: false, group: '' };
  const all = [...values, ...planPolicy(choice), ...seedPolicy(choice)];
  const names = new Map(all.map(({ key, name }) => [`${key}\\${name}`, { key, name }]));
  return [...names.values()];
}

function managedTable(values: readonly RegistryValue[]): readonly string[] {
  const rows = managedNames(values).map((one) => `  @{ Key = ${keyOf(one)}; Name = ${powershellText(one.name)} }`);
  return ['$Managed = @(', ...rows, ')'];
}
