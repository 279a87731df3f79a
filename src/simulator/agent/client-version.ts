/** What an agent says about itself: version of the Windows Update Agent and of the client protocol. */
export interface ClientVersion {
  readonly agent: readonly [number, number, number, number];
  /** Two dotted parts, as GetConfig and GetCookie send them. */
  readonly protocol: string;
}

/** By the build from which on it holds, newest first. */
const VERSIONS: readonly (readonly [build: number, version: ClientVersion])[] = [
  [26100, { agent: [1507, 2601, 30012, 0], protocol: '2.90' }],
  [20348, { agent: [10, 0, 20348, 1], protocol: '2.4' }],
  [17763, { agent: [10, 0, 17763, 1], protocol: '1.9' }],
  [0, { agent: [10, 0, 14393, 0], protocol: '1.8' }],
];

/** The agent that ships with a Windows build. */
export function clientVersion(osBuild: number): ClientVersion {
  const [, version] = VERSIONS.find(([build]) => osBuild >= build) ?? VERSIONS[0] ?? [];
  if (version === undefined) throw new Error(`no agent for build ${osBuild}`);
  return version;
}
