import { type BodyName, type MessageFailure, readEnvelope, type SoapVersion } from '#protocol/soap/envelope.ts';
import { FAULT, isFault, type ReceivedFault } from '#protocol/soap/fault.ts';
import { type Codec, mapped } from '#protocol/xml/codec.ts';
import type { XmlLimits } from '#protocol/xml/read.ts';

/** A protocol of operations, as the client and the server-server protocol are: each with a namespace and a codec of its content. */
export interface OperationTable<Operation extends string> {
  readonly operations: Readonly<Record<Operation, { readonly namespace: string }>>;
  readonly codecs: Readonly<Record<Operation, object>>;
}

/** A request that was read, or why it could not be, ready to become a fault. */
export type RequestReading<Operation, Request, Code> =
  /** Answer in the same version. */
  { readonly ok: true; readonly request: Request; readonly version: SoapVersion } | RequestFailureOf<Operation, Code>;

export interface RequestFailureOf<Operation, Code> {
  readonly ok: false;
  readonly errorCode: Code;
  /** For the log: says what was wrong, not which value was sent. */
  readonly message: string;
  /** Path of the parameter, e.g. `parameters.InstalledNonLeafUpdateIDs`; or line and column where there is none. */
  readonly place: string;
  /** Once it is known. */
  readonly operation?: Operation;
  readonly version: SoapVersion;
}

/**
 * Reads a request, whatever its SOAPAction says: the operation is the first element inside the body. What does not read fails with the
 * fault that `faultFor` gives for its parameter. Never throws.
 */
export function readOperationRequest<Operation extends string, Request, Code>(
  table: OperationTable<Operation>,
  faultFor: (parameter: string | undefined) => Code,
  body: string | Uint8Array,
  limits: XmlLimits,
): RequestReading<Operation, Request, Code> {
  const message = readEnvelope<Request>(
    body,
    (element) => {
      const operation = operationOf(table, element);
      return operation && reads(codecOf(table, operation), (content) => ({ operation, ...content }) as Request);
    },
    limits,
  );
  if (message.ok) return { ok: true, request: message.value, version: message.version };
  return requestFailure(table, faultFor, message);
}

function requestFailure<Operation extends string, Code>(
  table: OperationTable<Operation>,
  faultFor: (parameter: string | undefined) => Code,
  { version, body, message, parameter, place }: MessageFailure,
): RequestFailureOf<Operation, Code> {
  const operation = body && operationOf(table, body);
  const failure = { ok: false, errorCode: faultFor(parameter), message, place: parameter ?? place, version } as const;
  return operation ? { ...failure, operation } : failure;
}

/** The detail of a fault of both protocols ([MS-WUSP] 2.2.2.4, [MS-WSUSSS] 2.2.9). */
export interface FaultOf<Code> {
  readonly errorCode: Code;
  readonly message?: string;
  readonly id: string;
  readonly method: string;
}

export type ResponseReading<Response, Code> =
  | { readonly ok: true; readonly response: Response }
  /** Without a fault: the body is no answer at all, `message` says why. */
  | { readonly ok: false; readonly fault?: FaultOf<Code>; readonly message: string };

/**
 * Reads the answer to an operation. A fault whose code is none of the protocol's (`codes`) reads as `otherwise`. Never throws.
 */
export function readOperationResponse<Operation extends string, Response, Code extends string>(
  table: OperationTable<Operation>,
  { codes, otherwise }: { readonly codes: readonly Code[]; readonly otherwise: Code },
  operation: Operation,
  body: string | Uint8Array,
  limits: XmlLimits,
): ResponseReading<Response, Code> {
  const message = readEnvelope<ResponseReading<Response, Code>>(
    body,
    (element, version) => {
      if (isFault(element, version)) return reads(FAULT, (fault) => refusal(fault, codes, otherwise));
      const { namespace } = table.operations[operation];
      if (element.name !== `${operation}Response` || element.namespace !== namespace) return undefined;
      return reads(codecOf(table, operation), (content) => ({
        ok: true,
        response: { operation, ...content } as Response,
      }));
    },
    limits,
  );
  if (message.ok) return message.value;
  return { ok: false, message: `${message.parameter ?? message.place}: ${message.message}` };
}

function refusal<Code extends string>(
  { faultString, reason, detail }: ReceivedFault,
  codes: readonly Code[],
  otherwise: Code,
): { readonly ok: false; readonly fault: FaultOf<Code>; readonly message: string } {
  const known = codes.find((code) => code === detail?.errorCode?.trim());
  const message = known ? detail?.message : (faultString ?? reason?.text ?? '').trim();
  const fault = {
    errorCode: known ?? otherwise,
    ...(message ? { message } : {}),
    id: detail?.id?.trim() ?? '',
    method: detail?.method?.trim().replace(/^"|"$/g, '') ?? '',
  };
  return { ok: false, fault, message: `${fault.errorCode}${message ? `: ${message}` : ''}` };
}

function operationOf<Operation extends string>(
  { operations }: OperationTable<Operation>,
  { name, namespace }: BodyName,
): Operation | undefined {
  if (!Object.hasOwn(operations, name)) return undefined;
  const operation = name as Operation;
  return operations[operation].namespace === namespace ? operation : undefined;
}

/** The table pairs each operation with the codec of its own content; only the pairing is lost on the compiler. */
function codecOf<Operation extends string>({ codecs }: OperationTable<Operation>, operation: Operation): Codec<object> {
  return codecs[operation] as Codec<object>;
}

function reads<A, B>(codec: Codec<A>, read: (value: A) => B): Codec<B, never> {
  return mapped<A, B>(codec, read, (value) => value as never);
}
