import { createHash } from 'node:crypto';
import type { ScriptedUpdate } from './scripted-server.ts';

const SERVER_RULE = '<b.WindowsVersion MajorVersion="10" MinorVersion="0" ProductType="3" />';

/** A GUID from a small number. */
export function guidOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** A detectoid or category: not a leaf, only evaluated. */
export function detectoid(revisionId: number, needs: readonly number[] = [], rule = SERVER_RULE): ScriptedUpdate {
  return {
    revisionId,
    updateId: guidOf(revisionId),
    isLeaf: false,
    core: core({ id: revisionId, type: 'Detectoid', needs, rules: `<IsInstalled>${rule}</IsInstalled>` }),
    needs: needs.map(guidOf),
    action: 'Evaluate',
  };
}

export interface SoftwareFacts {
  readonly id: number;
  readonly needs?: readonly number[];
  readonly supersedes?: readonly number[];
  readonly file?: Uint8Array;
  readonly reboot?: string;
  readonly action?: ScriptedUpdate['action'];
  readonly deadline?: Temporal.Instant;
  readonly installable?: string;
}

/** A software update without a bundle: it sets one registry value. */
export function software(facts: SoftwareFacts): ScriptedUpdate {
  const {
    id,
    needs = [],
    file,
    reboot = 'NeverReboots',
    action = 'Install',
    deadline,
    installable = '<True />',
  } = facts;
  const place = `Key="HKEY_LOCAL_MACHINE" Subkey="SOFTWARE\\Sample" Value="U${id}"`;
  const rule = `<b.RegDword ${place} Comparison="EqualTo" Data="1" />`;
  const rules = `<IsInstalled>${rule}</IsInstalled><IsInstallable>${installable}</IsInstallable>`;
  return {
    revisionId: id,
    updateId: guidOf(id),
    isLeaf: true,
    core: core({ ...facts, type: 'Software', needs, rules, deployable: true }),
    extended: extended(id, reboot, file),
    title: `Update ${id} &amp; more`,
    needs: needs.map(guidOf),
    action,
    ...(file === undefined ? {} : { file }),
    ...(deadline === undefined ? {} : { deadline }),
  };
}

/** A driver for one hardware id, of 2023-05-01. */
export function driver(id: number, hardwareId: string, needs: readonly number[] = []): ScriptedUpdate {
  const facts = `HardwareID="${hardwareId}" DriverVerDate="2023-05-01" DriverVerVersion="2.0.0.0"`;
  const rules = `<IsInstalled><d.WindowsDriverInstalled /></IsInstalled><IsInstallable><d.WindowsDriverInstallable /></IsInstallable><Metadata><d.WindowsDriverMetaData ${facts} /></Metadata>`;
  return {
    revisionId: id,
    updateId: guidOf(id),
    isLeaf: true,
    core: core({ id, type: 'Driver', needs, rules, deployable: true }),
    extended: extended(id, 'NeverReboots', undefined),
    title: `Driver ${id}`,
    needs: needs.map(guidOf),
    action: 'Install',
  };
}

/** A bundle's parent: no rules, one clause a list of parts. */
export function bundle(id: number, clauses: readonly (readonly number[])[]): ScriptedUpdate {
  const list = clauses.map((parts) => `<AtLeastOne>${parts.map((part) => identity(part, true)).join('')}</AtLeastOne>`);
  return {
    revisionId: id,
    updateId: guidOf(id),
    isLeaf: true,
    core: `${identity(id, true)}<Properties UpdateType="Software" ExplicitlyDeployable="true" /><Relationships><BundledUpdates>${list.join('')}</BundledUpdates></Relationships>`,
    extended: '<ExtendedProperties DefaultPropertiesLanguage="en" />',
    title: `Bundle ${id}`,
    needs: [],
    action: 'Install',
  };
}

interface CoreFacts {
  readonly id: number;
  readonly type: string;
  readonly needs: readonly number[];
  readonly supersedes?: readonly number[];
  readonly rules: string;
  readonly deployable?: boolean;
}

function core({ id, type, needs, supersedes = [], rules, deployable = false }: CoreFacts): string {
  const superseded = supersedes.map((update) => identity(update, false)).join('');
  const needed = needs.map((update) => identity(update, false)).join('');
  return [
    identity(id, true),
    `<Properties UpdateType="${type}"${deployable ? ' ExplicitlyDeployable="true"' : ''} />`,
    '<Relationships>',
    superseded === '' ? '' : `<SupersededUpdates>${superseded}</SupersededUpdates>`,
    needed === '' ? '' : `<Prerequisites>${needed}</Prerequisites>`,
    '</Relationships>',
    `<ApplicabilityRules>${rules}</ApplicabilityRules>`,
  ].join('');
}

function identity(id: number, exact: boolean): string {
  return `<UpdateIdentity UpdateID="${guidOf(id)}"${exact ? ' RevisionNumber="1"' : ''} />`;
}

function extended(id: number, reboot: string, file: Uint8Array | undefined): string {
  const head = `<ExtendedProperties DefaultPropertiesLanguage="en" Handler="http://schemas.microsoft.com/msus/2002/12/UpdateHandlers/Cbs"><InstallationBehavior RebootBehavior="${reboot}" /></ExtendedProperties>`;
  if (file === undefined) return head;
  const attributes = `Digest="${digest('sha1', file)}" DigestAlgorithm="SHA1" FileName="u${id}.cab" Size="${file.length}"`;
  const more = `<AdditionalDigest Algorithm="SHA256">${digest('sha256', file)}</AdditionalDigest>`;
  return `${head}<Files><File ${attributes}>${more}</File></Files>`;
}

function digest(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('base64');
}
