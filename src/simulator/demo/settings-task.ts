import type { VirtualServer } from '../agent/virtual-server.ts';

/** A virtual server with the settings task on it, which starts a scan at each of these instants (in order, without end). */
export function withSettingsTask(
  server: VirtualServer,
  scans: Generator<Temporal.Instant, never, undefined>,
): VirtualServer {
  let next = scans.next().value;

  function nextEvent(): Temporal.Instant {
    const own = server.nextEvent();
    return Temporal.Instant.compare(next, own) < 0 ? next : own;
  }

  async function step(at: Temporal.Instant) {
    const entries = [];
    for (; Temporal.Instant.compare(next, at) <= 0; next = scans.next().value) {
      entries.push(...(await server.step(next.subtract({ nanoseconds: 1 }))));
      server.scanAt(next);
    }
    entries.push(...(await server.step(at)));
    return entries;
  }

  return { ...server, nextEvent, step };
}
