import type * as z from 'zod';

/**
 * One endpoint of the API as data: routes, the OpenAPI document, the typed client and the command line are all made from it.
 * Path parameters are written `:name` and described in `params`.
 */
export interface Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly result: Result;
}

/** What the service gets: checked, with defaults filled in. */
export interface EndpointInput<E extends Endpoint> {
  readonly params: E extends Endpoint<infer P> ? z.output<P> : never;
  readonly query: E extends Endpoint<z.ZodType, infer Q> ? z.output<Q> : never;
  readonly body: E extends Endpoint<z.ZodType, z.ZodType, infer B> ? z.output<B> : never;
}

/** What a caller gives: what has a default may be left out. */
export interface EndpointCall<E extends Endpoint> {
  readonly params?: E extends Endpoint<infer P> ? z.input<P> : never;
  readonly query?: E extends Endpoint<z.ZodType, infer Q> ? z.input<Q> : never;
  readonly body?: E extends Endpoint<z.ZodType, z.ZodType, infer B> ? z.input<B> : never;
}

/** What it answers. */
export type EndpointResult<E extends Endpoint> =
  E extends Endpoint<z.ZodType, z.ZodType, z.ZodType, infer R> ? z.output<R> : never;

/** Keeps the exact types of an endpoint's schemas. */
export function endpoint<
  const P extends z.ZodType,
  const Q extends z.ZodType,
  const B extends z.ZodType,
  const R extends z.ZodType,
>(definition: Endpoint<P, Q, B, R>): Endpoint<P, Q, B, R> {
  return definition;
}
