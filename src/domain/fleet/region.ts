/** A place from which servers are served. */
export interface Region {
  /** Short name as in host names and bootstrap files, e.g. `LON`. */
  readonly name: string;
  readonly title: string;
  /** `https://host[:port]` that servers of the region write into WUServer; the enrolment token is appended as a path. */
  readonly endpoint: string;
  /** Other names under which customers know it, e.g. `lon3`. */
  readonly aliases: readonly string[];
  /** IANA zone of its data centre: nightly plans mean its nights. */
  readonly zone: string;
  /** Degrees, north and east positive. */
  readonly latitude: number;
  readonly longitude: number;
}

/** Whether a text is an origin that servers can be sent to: scheme, host, port, and nothing else. */
export function isEndpoint(text: string): boolean {
  return text.length <= 255 && /^https?:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?$/i.test(text);
}
