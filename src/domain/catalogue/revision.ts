/** A GUID in lower case, without braces. Documents write it in any letter case; fragments keep the original text. */
export type UpdateId = string;

/** What the server must know of one revision of one update ([MS-WUSP] 3.1.1.1), plus what people decide by. */
export interface Revision {
  /** Service-wide int32, the `ID` on the client protocol; the same in every region, never reused. */
  readonly revisionId: number;
  readonly updateId: UpdateId;
  readonly revisionNumber: number;
  readonly updateType: UpdateType;
  /** Only for `updateType: 'Category'`. */
  readonly categoryType?: CategoryType;
  /** English title, or that of the default language. */
  readonly title: string;
  /** Digits without "KB". */
  readonly kb?: string;
  readonly severity?: Severity;
  /** Microsoft's CreationDate of this revision: the publication instant that soak and cycles count from. */
  readonly published: Temporal.Instant;
  readonly publicationState: 'Published' | 'Expired';
  /** False for the parts of bundles: nobody approves these by themselves. */
  readonly explicitlyDeployable: boolean;
  /** `AutoSelectOnWebSites`: Windows Update would install it by itself. Sources that do not say leave it out. */
  readonly installedByDefault?: boolean;
  readonly isBeta: boolean;
  /** The `OSUpgrade` attribute, e.g. `swap`: this revision replaces the operating system. */
  readonly osUpgrade?: string;
  /** Namespace URI of the update handler, e.g. `…/UpdateHandlers/Cbs`. */
  readonly handler?: string;
  /** The EULA that must be accepted before this revision is offered. */
  readonly eulaId?: string;
  readonly reboot: RebootBehavior;
  readonly impact: 'Normal' | 'Minor' | 'RequiresExclusiveHandling';
  /** True when the metadata has an `UninstallationBehavior`. */
  readonly removable: boolean;
  /** All clauses must hold; one holds when any of its updates is installed. Categories and detectoids come as clauses too. */
  readonly prerequisites: readonly PrerequisiteClause[];
  /** Exact revisions that this one is made of, clause by clause. */
  readonly bundles: readonly (readonly UpdateIdentity[])[];
  /** Direct predecessors only; `Catalogue` has the transitive closure. */
  readonly supersedes: readonly UpdateId[];
  readonly files: readonly UpdateFile[];
}

export type UpdateType = 'Software' | 'Driver' | 'Category' | 'Detectoid';
export type CategoryType = 'Company' | 'ProductFamily' | 'Product' | 'UpdateClassification';
export type Severity = 'Critical' | 'Important' | 'Moderate' | 'Low';
export type RebootBehavior = 'NeverReboots' | 'CanRequestReboot' | 'AlwaysRequiresReboot';

export interface UpdateIdentity {
  readonly updateId: UpdateId;
  readonly revisionNumber: number;
}

export interface PrerequisiteClause {
  readonly anyOf: readonly UpdateId[];
  readonly isCategory: boolean;
}

/** A payload file as the metadata names it. Digests are lower-case hex. */
export interface UpdateFile {
  readonly sha1: string;
  /** Clients since Windows 8 reject a file without it. */
  readonly sha256?: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** `SelfContained`, `Express` or other text; absent means self-contained. */
  readonly patchingType?: string;
}
