import type { Revision, UpdateIdentity } from '#domain/catalogue/revision.ts';
import { attribute, childrenNamed, onlyChild, refusal, requiredAttribute, type XmlElement } from './element.ts';
import { refusing, type UpdateFailure } from './failure.ts';
import { filesOf } from './files.ts';
import { readFragmentTree, ruleOf } from './fragment-tree.ts';
import { DEFAULT_LIMITS, type ReadLimits } from './limits.ts';
import { behaviourOf, type PublicFacts, publicFactsOf } from './properties.ts';
import { relationshipsOf } from './relationships.ts';
import { booleanAttribute, identityOf, int32Attribute } from './values.ts';

/**
 * One element of a fragment: an applicability rule, or a piece of the facts below `Metadata`. The name is as the fragment writes it,
 * e.g. `And`, `b.RegDword`, `m.MsiProductInstalled`, `d.WindowsDriverMetaData`.
 */
export interface Rule {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Rule[];
  /** Character data, trimmed; absent where there is none. */
  readonly text?: string;
}

/** A core fragment: what a client decides by whether it needs a revision. */
export interface CoreFragment extends Pick<Revision, 'prerequisites' | 'bundles' | 'supersedes'> {
  /** `text` is the id as the fragment writes it, which clients hand back letter by letter. */
  readonly identity: UpdateIdentity & { readonly text: string };
  /** Attributes of `Properties`, e.g. `UpdateType`. */
  readonly properties: Readonly<Record<string, string>>;
  readonly rules: ApplicabilityRules;
}

/** All absent for the parents of bundles: these are as their parts are. */
interface ApplicabilityRules {
  readonly isInstalled?: Rule;
  readonly isInstallable?: Rule;
  readonly isSuperseded?: Rule;
  /** The element `Metadata`: what the rules about packages, MSI and drivers look at. */
  readonly metadata?: Rule;
  /** False when the metadata had more elements than `maxMetadata`, and the rest was left out. */
  readonly isMetadataComplete: boolean;
}

export interface CoreLimits extends ReadLimits {
  /** Elements of `Metadata` that are kept, the first ones. */
  readonly maxMetadata: number;
}

/**
 * Reads a core fragment ([MS-WUSP] 3.1.1.1), as SyncUpdates delivers it or as an offline scan file holds it.
 *
 * @param fragment XML without a single root, no longer escaped
 */
export function readCore(
  fragment: string | Uint8Array,
  limits: Partial<CoreLimits> = {},
): { readonly ok: true; readonly core: CoreFragment } | UpdateFailure {
  return refusing(() => {
    const all = { ...DEFAULT_LIMITS, maxMetadata: 20_000, ...limits };
    const { root, isComplete } = readFragmentTree(fragment, all, all.maxMetadata);
    return { ok: true, core: coreOf(root, isComplete) };
  });
}

function coreOf(root: XmlElement, isMetadataComplete: boolean): CoreFragment {
  const identity = onlyChild(root, 'UpdateIdentity');
  const properties = onlyChild(root, 'Properties');
  if (identity === undefined) throw refusal(root, 'update.missing-element', 'the fragment has no UpdateIdentity');
  if (properties === undefined) throw refusal(root, 'update.missing-element', 'the fragment has no Properties');
  const rules = onlyChild(root, 'ApplicabilityRules');
  const isInstalled = ruleIn(rules, 'IsInstalled');
  const isInstallable = ruleIn(rules, 'IsInstallable');
  const isSuperseded = ruleIn(rules, 'IsSuperseded');
  const metadata = onlyChild(rules, 'Metadata');
  return {
    identity: { ...identityOf(identity), text: requiredAttribute(identity, 'UpdateID') },
    properties: ruleOf(properties).attributes,
    ...relationshipsOf(onlyChild(root, 'Relationships')),
    rules: {
      ...(isInstalled !== undefined && { isInstalled }),
      ...(isInstallable !== undefined && { isInstallable }),
      ...(isSuperseded !== undefined && { isSuperseded }),
      ...(metadata !== undefined && { metadata: ruleOf(metadata) }),
      isMetadataComplete,
    },
  };
}

/** The one rule that `IsInstalled` and its like hold. */
function ruleIn(rules: XmlElement | undefined, name: string): Rule | undefined {
  const holder = onlyChild(rules, name);
  const [rule, second] = holder?.children ?? [];
  if (second !== undefined) throw refusal(second, 'update.unexpected-element', `${name} holds more than one rule`);
  return rule && ruleOf(rule);
}

/** An extended fragment: what a client needs to download and install a revision. */
export interface ExtendedFragment extends PublicFacts, Pick<Revision, 'reboot' | 'impact' | 'removable' | 'files'> {
  /** Attributes of `ExtendedProperties`, e.g. `MaxDownloadSize`. */
  readonly properties: Readonly<Record<string, string>>;
  /** The element `HandlerSpecificData`; bundle parents have none. */
  readonly handlerData?: Rule;
  /** Only of updates that the command line handler installs. */
  readonly installCommand?: InstallCommand;
}

/** How the command line handler installs: the program is one of the files. */
interface InstallCommand {
  readonly program: string;
  readonly arguments: string;
  readonly rebootByDefault: boolean;
  /** What an exit code that is not listed means, e.g. `Failed`. */
  readonly defaultResult?: string;
  readonly returnCodes: readonly ReturnCode[];
}

interface ReturnCode {
  readonly code: number;
  /** `Succeeded`, `Failed`, `Cancelled`. */
  readonly result: string;
  readonly reboot: boolean;
}

/**
 * Reads an extended fragment ([MS-WUSP] 3.1.1.1), as GetExtendedUpdateInfo delivers it or as an offline scan file holds it.
 *
 * @param fragment XML without a single root, no longer escaped
 */
export function readExtended(
  fragment: string | Uint8Array,
  limits: Partial<ReadLimits> = {},
): { readonly ok: true; readonly extended: ExtendedFragment } | UpdateFailure {
  return refusing(() => {
    const { root } = readFragmentTree(fragment, { ...DEFAULT_LIMITS, ...limits }, 0);
    return { ok: true, extended: extendedOf(root) };
  });
}

function extendedOf(root: XmlElement): ExtendedFragment {
  const properties = onlyChild(root, 'ExtendedProperties');
  if (properties === undefined) throw refusal(root, 'update.missing-element', 'the fragment has no ExtendedProperties');
  const data = onlyChild(root, 'HandlerSpecificData');
  const command = onlyChild(data, 'InstallCommand');
  return {
    properties: ruleOf(properties).attributes,
    ...publicFactsOf(properties),
    ...behaviourOf(properties),
    files: filesOf(onlyChild(root, 'Files')),
    ...(data !== undefined && { handlerData: ruleOf(data) }),
    ...(command !== undefined && { installCommand: commandOf(command) }),
  };
}

function commandOf(command: XmlElement): InstallCommand {
  const defaultResult = attribute(command, 'DefaultResult');
  return {
    program: requiredAttribute(command, 'Program'),
    arguments: attribute(command, 'Arguments') ?? '',
    rebootByDefault: booleanAttribute(command, 'RebootByDefault'),
    ...(defaultResult !== undefined && { defaultResult }),
    returnCodes: childrenNamed(command, 'ReturnCode').map((code) => ({
      code: int32Attribute(code, 'Code'),
      result: requiredAttribute(code, 'Result'),
      reboot: booleanAttribute(code, 'Reboot'),
    })),
  };
}
