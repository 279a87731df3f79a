/** Everything about one virtual Windows machine that applicability rules can ask. Mutable and plain: only its owner changes it. */
export interface MachineState {
  osMajor: number;
  osMinor: number;
  osBuild: number;
  /** `OldProductType` of Windows: 1 workstation, 2 domain controller, 3 server. */
  productType: 1 | 2 | 3;
  /** Bits of `wSuiteMask`, e.g. 0x110 (single-user terminal services, small parts of it) on a plain server. */
  suiteMask: number;
  architecture: Architecture;
  /** BCP 47, e.g. `en-us`. */
  locale: string;
  /** Component-based servicing: package name in lower case → highest installed version. */
  packages: Map<string, string>;
  /** `hklm\key\…\value` in lower case → its data; a key's default value ends in `\`. Only the 64-bit view is modelled. */
  registry: Map<string, string | number>;
  /** Full path in lower case → file version; empty for a file without one. */
  files: Map<string, string>;
  /** MSI product codes (lower-case GUIDs without braces) → product version. */
  products: Map<string, string>;
  /** MSI patch codes (lower-case GUIDs without braces) that are installed. */
  patches: Set<string>;
  /** WMI queries (spaces collapsed, lower case) that have at least one row. A query that is not listed is unknown. */
  wmi: Map<string, boolean>;
  /** `GetSystemMetrics` index → value. */
  metrics: Map<number, number>;
  /** Hardware or compatible id in lower case, e.g. `pci\ven_8086&dev_1521` → its driver; null without one. */
  devices: Map<string, InstalledDriver | null>;
  /** `license\value` names of the software licensing policy in lower case → DWORD data. */
  licences: Map<string, number>;
  /** Update ids (lower case) that this machine once installed, for `InstalledOnce`. */
  installedOnce: Set<string>;
}

/** Plain data, so that a machine can be cloned. */
export interface InstalledDriver {
  /** `YYYY-MM-DD`; the newer date wins, then the higher version. */
  readonly date: string;
  readonly version: string;
}

export type Architecture = 'AMD64' | 'X86' | 'ARM64';

/** A Windows Server as setup leaves it; `over` replaces single properties. */
export function createMachine(over: Partial<MachineState> = {}): MachineState {
  return {
    osMajor: 10,
    osMinor: 0,
    osBuild: 17763,
    productType: 3,
    suiteMask: 0x110,
    architecture: 'AMD64',
    locale: 'en-us',
    packages: new Map(),
    registry: new Map(),
    files: new Map(),
    products: new Map(),
    patches: new Set(),
    wmi: new Map(),
    metrics: new Map(),
    devices: new Map(),
    licences: new Map(),
    installedOnce: new Set(),
    ...over,
  };
}
