import type { RebootBehavior, Revision, UpdateType } from '#domain/catalogue/revision.ts';
import { escapeAttribute } from '#protocol/xml/escape.ts';
import { attribute, childrenNamed, childText, onlyChild, refusal, textOf, type XmlElement } from './element.ts';
import type { WriteAs } from './fragment-writer.ts';
import { booleanAttribute, choiceAttribute, guidAttribute, instantAttribute } from './values.ts';

const UPDATE_TYPES: readonly UpdateType[] = ['Software', 'Driver', 'Category', 'Detectoid'];
const SEVERITIES = ['Critical', 'Important', 'Moderate', 'Low', 'Unspecified'] as const;
const REBOOT_BEHAVIORS: readonly RebootBehavior[] = ['NeverReboots', 'CanRequestReboot', 'AlwaysRequiresReboot'];
const IMPACTS = ['Normal', 'Minor', 'RequiresExclusiveHandling'] as const;

const CORE_ATTRIBUTES = ['UpdateType', 'ExplicitlyDeployable', 'AutoSelectOnWebSites', 'OSUpgrade', 'EulaID'];
const NOT_EXTENDED: ReadonlySet<string> = new Set([
  ...CORE_ATTRIBUTES,
  'PublicationState',
  'PublisherID',
  'CreationDate',
  'IsPublic',
  'LegacyName',
  'DetectoidType',
]);
/** Values that fragments leave out. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['ExplicitlyDeployable', 'false'],
  ['AutoSelectOnWebSites', 'false'],
  ['OSUpgrade', 'false'],
  ['PerUser', 'false'],
]);

/** `Properties` as the extended fragment has it, under the name that real servers give it. */
export const EXTENDED_PROPERTIES: WriteAs = {
  name: 'ExtendedProperties',
  keeps: (name, value) => !NOT_EXTENDED.has(name) && DEFAULTS.get(name) !== value,
};

/** `Properties` as the core fragment has it: a few attributes in a fixed order. */
export function corePropertiesOf(properties: XmlElement): string {
  const kept = CORE_ATTRIBUTES.map((name) => {
    const value = properties.attributes.get(name);
    return value === undefined || value === DEFAULTS.get(name) ? '' : ` ${name}="${escapeAttribute(value)}"`;
  });
  return `<Properties${kept.join('')} />`;
}

/** What installing does to the machine; absent attributes have the values of the schema. */
export function behaviourOf(properties: XmlElement): Pick<Revision, 'reboot' | 'impact' | 'removable'> {
  const installation = onlyChild(properties, 'InstallationBehavior');
  return {
    reboot: choiceAttribute(installation, 'RebootBehavior', REBOOT_BEHAVIORS) ?? 'NeverReboots',
    impact: choiceAttribute(installation, 'Impact', IMPACTS) ?? 'Normal',
    removable: onlyChild(properties, 'UninstallationBehavior') !== undefined,
  };
}

/** What both whole documents and extended fragments say about an update to people. */
export interface PublicFacts {
  /** Digits without "KB". */
  readonly kb?: string;
  readonly severity?: NonNullable<Revision['severity']>;
  readonly isBeta: boolean;
  readonly handler?: string;
  readonly bulletins: readonly string[];
  readonly supportUrl?: string;
}

/** Reads the facts that whole documents and extended fragments share. */
export function publicFactsOf(properties: XmlElement): PublicFacts {
  const kb = kbOf(properties);
  const severity = choiceAttribute(properties, 'MsrcSeverity', SEVERITIES);
  const handler = attribute(properties, 'Handler');
  const supportUrl = childText(properties, 'SupportUrl');
  return {
    ...(kb !== undefined && { kb }),
    ...(severity !== undefined && severity !== 'Unspecified' && { severity }),
    isBeta: booleanAttribute(properties, 'IsBeta'),
    ...(handler !== undefined && { handler }),
    bulletins: childrenNamed(properties, 'SecurityBulletinID')
      .map(textOf)
      .filter((id) => id !== ''),
    ...(supportUrl !== undefined && { supportUrl }),
  };
}

/** The article of an update; of several the first. */
function kbOf(properties: XmlElement): string | undefined {
  const [article] = childrenNamed(properties, 'KBArticleID');
  const text = article === undefined ? '' : textOf(article);
  if (article === undefined || text === '') return undefined;
  const digits = /^(?:KB)?([0-9]{1,10})$/i.exec(text)?.[1];
  if (digits === undefined) throw refusal(article, 'update.bad-value', 'KBArticleID is not a number');
  return digits;
}

/** What only a whole document says, and the service decides by. */
export type DecidingFacts = Pick<
  Revision,
  | 'updateType'
  | 'published'
  | 'publicationState'
  | 'explicitlyDeployable'
  | 'installedByDefault'
  | 'osUpgrade'
  | 'eulaId'
>;

/** Reads what only a whole document says. */
export function decidingFactsOf(properties: XmlElement): DecidingFacts {
  const updateType = choiceAttribute(properties, 'UpdateType', UPDATE_TYPES);
  if (updateType === undefined) throw refusal(properties, 'update.missing-attribute', 'Properties has no UpdateType');
  const osUpgrade = attribute(properties, 'OSUpgrade');
  const eulaId = attribute(properties, 'EulaID') && guidAttribute(properties, 'EulaID');
  return {
    updateType,
    published: instantAttribute(properties, 'CreationDate'),
    publicationState: choiceAttribute(properties, 'PublicationState', ['Published', 'Expired']) ?? 'Published',
    explicitlyDeployable: booleanAttribute(properties, 'ExplicitlyDeployable'),
    installedByDefault: booleanAttribute(properties, 'AutoSelectOnWebSites'),
    ...(osUpgrade !== undefined && osUpgrade !== 'false' && { osUpgrade }),
    ...(eulaId !== undefined && { eulaId }),
  };
}
