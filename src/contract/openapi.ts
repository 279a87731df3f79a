import * as z from 'zod';
import { ENDPOINTS } from '#contract/api.ts';
import type { Endpoint } from '#contract/endpoint.ts';
import { ERRORS } from '#contract/errors.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Every refusal looks like this; `id` stands in the log too when something unexpected happened. */
const ErrorBody = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERRORS)),
    message: z.string(),
    details: z.array(z.string()),
    id: z.string().optional(),
  }),
});

/** The API as an OpenAPI 3.1 document, made from the endpoints. */
export function openApi(version: string): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  const add = (path: string, method: string, operation: Schema): void => {
    const key = path.replace(/:(\w+)/g, '{$1}');
    paths[key] = { ...paths[key], [method.toLowerCase()]: operation };
  };
  for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    add(endpoint.path, endpoint.method, operationOf(name, endpoint));
  }
  for (const { path, method, ...operation } of STREAMS) add(path, method, operation);
  return {
    openapi: '3.1.0',
    info: { title: 'Second Tuesday', version, description: 'Managed Windows Server patching.' },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: schemaOf(ErrorBody, 'output') },
      responses: {
        Error: { description: 'A refusal with its code', content: json({ $ref: '#/components/schemas/Error' }) },
      },
    },
  };
}

function operationOf(name: string, { summary, params, query, body, result }: Endpoint): Schema {
  const parameters = [...parametersIn('path', params), ...parametersIn('query', query)];
  return {
    operationId: name,
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: json(schemaOf(body, 'input')) } } : {}),
    responses: answers('The answer', json(schemaOf(result, 'output'))),
  };
}

function parametersIn(place: 'path' | 'query', schema: z.ZodType | undefined): Schema[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: one,
    ...(one.description ? { description: one.description } : {}),
  }));
}

/** Transforms have no JSON Schema of their output, so that side is described as far as it can be. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema } };
}

function answers(description: string, content: Schema): Schema {
  return { 200: { description, content }, default: { $ref: '#/components/responses/Error' } };
}

const BYTES: Schema = { schema: { type: 'string', format: 'binary' } };

/** What streams instead of speaking JSON both ways. */
const STREAMS: readonly (Schema & { readonly path: string; readonly method: string })[] = [
  {
    path: '/content/:sha1',
    method: 'PUT',
    operationId: 'putContent',
    summary: 'Put a payload file in; it is kept when its size and digests are what the metadata promises',
    parameters: [
      { name: 'sha1', in: 'path', required: true, schema: { type: 'string', pattern: '^[0-9A-Fa-f]{40}$' } },
    ],
    requestBody: { required: true, content: { 'application/octet-stream': BYTES } },
    responses: answers(
      'It is held now',
      json({
        type: 'object',
        properties: { sha1: { type: 'string' }, name: { type: 'string' }, size: { type: 'number' } },
        required: ['sha1', 'name', 'size'],
      }),
    ),
  },
  {
    path: '/backup',
    method: 'GET',
    operationId: 'backup',
    summary: 'Everything in the database in one snapshot, compressed with zstd; guard it like the database',
    responses: answers('The backup', { 'application/zstd': BYTES }),
  },
  {
    path: '/openapi.json',
    method: 'GET',
    operationId: 'openApi',
    summary: 'This document',
    security: [],
    responses: answers('This document', json({ type: 'object' })),
  },
];
