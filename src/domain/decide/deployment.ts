/** What a client is told to do with one revision ([MS-WUSP] 2.2.2.2.4). */
export interface Deployment {
  readonly action: 'Install' | 'Uninstall' | 'PreDeploymentCheck' | 'Evaluate' | 'Bundle';
  /** Only with `Install`, only inside the window. */
  readonly deadline?: Temporal.Instant;
  /** Local date of the last change, `YYYY-MM-DD`, as real WSUS sends it. */
  readonly lastChange: string;
}

/** Everything that one kind of client is sent, revision id → deployment: roots and the closure of what they need. Immutable. */
export interface DeploymentSet {
  /** Same content, same text: goes into the cookie, so that the next answer can say what changed. */
  readonly version: string;
  readonly deployments: ReadonlyMap<number, Deployment>;
  /** From this instant on the set may differ by time alone; absent: never. */
  readonly validUntil?: Temporal.Instant;
}
