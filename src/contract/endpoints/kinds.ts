import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Name, Reference } from '#contract/values.ts';

const Kind = z.enum([
  'cumulative',
  'dotnet',
  'definitions',
  'drivers',
  'firmware',
  'agents',
  'third-party',
  'emergency',
]);

const KindPlan = z.object({
  kind: Kind,
  title: z.string(),
  /** Absent: it goes by the server's own plan. */
  plan: z.string().optional(),
  /** Whose word that is. */
  from: z.enum(['server', 'customer']).optional(),
});

/** Whom it is about: a customer, or one server. */
const Whom = z.object({ customer: Reference.optional(), server: Reference.optional() });

export const listKinds = endpoint({
  method: 'GET',
  path: '/kinds',
  summary: 'Kinds of patching, and which of them have a plan of their own for a customer or a server',
  query: Whom,
  result: z.object({ items: z.array(KindPlan) }),
});
export const setKindPlan = endpoint({
  method: 'PUT',
  path: '/kinds/:kind',
  summary: 'Give a kind of patching a plan of its own for a customer or a server; null: the own plan again',
  params: z.object({ kind: Kind }),
  body: Whom.extend({ plan: Name.nullable() }).strict(),
  result: z.object({ items: z.array(KindPlan) }),
});
