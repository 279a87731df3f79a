import * as z from 'zod';
import { Instant } from '#contract/values.ts';

/** A maintenance window of a plan. */
export const ShownWindow = z.object({
  start: Instant,
  end: Instant,
  /** In the zone of the row. */
  local: z.string(),
  cycle: z.string(),
  primary: z.boolean(),
});

/** Servers of one plan in one zone, and which of their windows are lost or begin late. */
const Late = z.object({
  plan: z.string(),
  zone: z.string(),
  servers: z.number().int(),
  /** How many windows, and the first eight of them. */
  count: z.number().int(),
  windows: z.array(ShownWindow),
  /** The first window after it. */
  next: ShownWindow,
});

/** What a pause or a freeze makes late. */
export const Consequence = z.object({
  /** Servers that it holds, those without a plan, and those that are only observed, not counted. */
  servers: z.number().int(),
  /** Servers of which a window falls into it. */
  lateServers: z.number().int(),
  late: z.array(Late),
});
