import type {
  PrerequisiteClause,
  RebootBehavior,
  Severity,
  UpdateId,
  UpdateIdentity,
  UpdateType,
} from '#domain/catalogue/revision.ts';
import { HANDLERS, type Handler, MSUS } from './handlers.ts';
import type { SamplePayload } from './payload.ts';
import type { RuleXml } from './rules.ts';
import { element, textElement } from './xml.ts';

/** Everything that goes into one `upd:Update` document of the sample. */
export interface DocumentFacts {
  readonly updateId: UpdateId;
  /** The id as the document writes it, where that is not in lower case. */
  readonly writtenId?: string;
  readonly revisionNumber: number;
  readonly updateType: UpdateType;
  readonly publisher: string;
  /** Instant of publication, ISO 8601 in UTC. */
  readonly published: string;
  readonly texts: readonly DocumentText[];
  readonly kb?: string;
  readonly severity?: Severity;
  readonly expired?: boolean;
  readonly explicitlyDeployable?: boolean;
  readonly osUpgrade?: string;
  readonly eula?: { readonly id: string; readonly file: SamplePayload };
  readonly reboot?: RebootBehavior;
  readonly impact?: 'Normal' | 'Minor' | 'RequiresExclusiveHandling';
  readonly removable?: boolean;
  readonly supersedes?: readonly UpdateId[];
  readonly prerequisites?: readonly PrerequisiteClause[];
  readonly bundles?: readonly (readonly UpdateIdentity[])[];
  readonly rules?: DocumentRules;
  readonly files?: readonly SamplePayload[];
  readonly handler?: Handler;
}

export interface DocumentText {
  readonly language: 'en' | 'de';
  readonly title: string;
  readonly description?: string;
}

export interface DocumentRules {
  readonly isInstalled: RuleXml;
  readonly isInstallable?: RuleXml;
  readonly isSuperseded?: RuleXml;
  /** Content of `Metadata`. */
  readonly metadata?: string;
}

const NAMESPACES = {
  'xmlns:upd': `${MSUS}/2002/12/Update`,
  'xmlns:bar': `${MSUS}/2002/12/BaseApplicabilityRules`,
  'xmlns:lar': `${MSUS}/2002/12/LogicalApplicabilityRules`,
  'xmlns:cbsar': `${MSUS}/2002/12/CbsApplicabilityRules`,
  'xmlns:cat': HANDLERS.category,
  'xmlns:cbs': HANDLERS.cbs,
  'xmlns:cmd': HANDLERS.commandLine,
  'xmlns:drv': HANDLERS.driver,
  'xmlns:osi': HANDLERS.osInstaller,
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
} as const;

/** The whole metadata of one revision, as GetUpdateData delivers it; parts in the order of [MS-WUSP] 3.1.1.1. */
export function writeDocument(facts: DocumentFacts): string {
  return element('upd:Update', NAMESPACES, [
    identity({ updateId: facts.writtenId ?? facts.updateId, revisionNumber: facts.revisionNumber }),
    properties(facts),
    localizedProperties(facts),
    relationships(facts),
    rules(facts.rules),
    list(
      'upd:Files',
      (facts.files ?? []).map((file) => fileElement(file, facts.published)),
    ),
    handlerData(facts.handler),
  ]);
}

function identity({ updateId, revisionNumber }: UpdateIdentity): string {
  return element('upd:UpdateIdentity', { UpdateID: updateId, RevisionNumber: revisionNumber });
}

function properties(facts: DocumentFacts): string {
  const isDownloaded = facts.updateType === 'Software' || facts.updateType === 'Driver';
  const attributes = {
    DefaultPropertiesLanguage: 'en',
    UpdateType: facts.updateType,
    Handler: facts.handler?.namespace,
    MaxDownloadSize: isDownloaded ? (facts.files ?? []).reduce((sum, file) => sum + file.size, 0) : undefined,
    MinDownloadSize: isDownloaded ? 0 : undefined,
    ExplicitlyDeployable: facts.explicitlyDeployable,
    AutoSelectOnWebSites: facts.explicitlyDeployable,
    OSUpgrade: facts.osUpgrade,
    EulaID: facts.eula?.id,
    MsrcSeverity: facts.severity,
    PublicationState: facts.expired ? 'Expired' : 'Published',
    PublisherID: facts.publisher,
    CreationDate: facts.published,
  };
  return element('upd:Properties', attributes, [
    textElement('upd:SupportUrl', facts.kb && `https://support.microsoft.com/help/${facts.kb}`),
    textElement('upd:KBArticleID', facts.kb),
    behaviour(facts),
  ]);
}

function behaviour({ reboot, impact, removable }: DocumentFacts): string {
  if (reboot === undefined) return '';
  const install = element('upd:InstallationBehavior', { Impact: impact, RebootBehavior: reboot });
  return removable ? install + element('upd:UninstallationBehavior', { RebootBehavior: reboot }) : install;
}

function localizedProperties({ texts, eula }: DocumentFacts): string {
  const localized = texts.map(({ language, title, description }) =>
    element('upd:LocalizedProperties', {}, [
      textElement('upd:Language', language),
      textElement('upd:Title', title),
      textElement('upd:Description', description),
    ]),
  );
  if (eula !== undefined)
    localized.push(element('upd:EulaFile', { ...fileAttributes(eula.file), Language: 'en' }, digest(eula.file)));
  return element('upd:LocalizedPropertiesCollection', {}, localized);
}

function relationships({ supersedes = [], prerequisites = [], bundles = [] }: DocumentFacts): string {
  return list('upd:Relationships', [
    list('upd:SupersededUpdates', supersedes.map(reference)),
    list('upd:Prerequisites', prerequisites.map(prerequisite)),
    list(
      'upd:BundledUpdates',
      bundles.map((parts) => element('upd:AtLeastOne', {}, parts.map(identity))),
    ),
  ]);
}

function prerequisite({ anyOf, isCategory }: PrerequisiteClause): string {
  const references = anyOf.map(reference);
  if (references.length === 1 && !isCategory) return references.join('');
  return element('upd:AtLeastOne', { IsCategory: isCategory || undefined }, references);
}

function reference(updateId: UpdateId): string {
  return element('upd:UpdateIdentity', { UpdateID: updateId });
}

function rules(rule: DocumentRules | undefined): string {
  if (rule === undefined) return '';
  return list('upd:ApplicabilityRules', [
    list('upd:IsInstalled', [rule.isInstalled]),
    list('upd:IsInstallable', [rule.isInstallable ?? '']),
    list('upd:IsSuperseded', [rule.isSuperseded ?? '']),
    list('upd:Metadata', [rule.metadata ?? '']),
  ]);
}

function fileElement(file: SamplePayload, modified: string): string {
  return element(
    'upd:File',
    { ...fileAttributes(file), Modified: modified, PatchingType: 'SelfContained' },
    digest(file),
  );
}

function fileAttributes({ digests, name, size }: SamplePayload) {
  return { Digest: digests.sha1, DigestAlgorithm: 'SHA1', FileName: name, Size: size };
}

function digest({ digests }: SamplePayload): string {
  return element('upd:AdditionalDigest', { Algorithm: 'SHA256' }, digests.sha256);
}

function handlerData(handler: Handler | undefined): string {
  return handler === undefined ? '' : element('upd:HandlerSpecificData', { 'xsi:type': handler.type }, handler.data);
}

/** A container is left out when it would be empty. */
function list(name: string, items: readonly string[]): string {
  const content = items.join('');
  return content === '' ? '' : element(name, {}, content);
}
