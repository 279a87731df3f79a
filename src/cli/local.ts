import type { CliIo } from '#cli/io.ts';

/** A command that runs here and now instead of asking a service; resolves with the exit status. */
export type LocalCommand<Options> = (options: Options, io: CliIo) => Promise<number>;

interface Printed {
  readonly json: boolean;
}
export interface RestoreOptions extends Printed {
  readonly file: string;
}
export interface DemoOptions extends Printed {
  readonly servers: number;
  /** The same seed tells the same story; absent: the usual one. */
  readonly seed?: string;
  /** Leaves the data directory behind. */
  readonly keep: boolean;
}
export interface SimulateOptions extends Printed {
  /** What a server would have in WUServer; absent: as the registration file says. */
  readonly url?: string;
  /** A registration file from which the servers take their policy. */
  readonly registry?: string;
  /** They live only until they have scanned and reported, at once. */
  readonly once: boolean;
  readonly servers: number;
  readonly os: '2016' | '2019' | '2022';
  /** How long the servers live. */
  readonly days: number;
}
export interface ReplayOptions extends Printed {
  /** A recording. */
  readonly folder: string;
  /** The client listener that gets the recorded requests. */
  readonly url: string;
}

/** Documents and the files that they name, made on the spot. */
export interface SampleCatalogue {
  readonly documents: readonly { readonly name: string; readonly xml: string }[];
  readonly payloads: readonly { readonly name: string; readonly size: number; readonly sha1: string }[];
  payload(sha1: string): Uint8Array | undefined;
}

/** What the composition root supplies. */
export interface LocalCommands {
  readonly serve: LocalCommand<Printed>;
  readonly restore: LocalCommand<RestoreOptions>;
  readonly demo: LocalCommand<DemoOptions>;
  readonly simulate: LocalCommand<SimulateOptions>;
  readonly replay: LocalCommand<ReplayOptions>;
  /** Months as `YYYY-MM`; throws a RangeError for months that the sample does not have. */
  readonly sampleCatalogue: (range: { readonly from: string; readonly to: string }) => Promise<SampleCatalogue>;
}
