import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { Exchange } from 'onescreen/emulator';

type Json = Readonly<Record<string, unknown>>;

const folder = fileURLToPath(new URL('../specs/', import.meta.url));
const base = 'file:///specs/';
const chat = 'Chat/stable/2025-03-15/communicationserviceschat.json';
const identity = 'Identity/stable/2023-10-01/CommunicationIdentity.json';
const callAutomation = 'CallAutomation/stable/2024-04-15/communicationservicescallautomation.json';
const descriptions = [chat, identity, callAutomation];
const common = ['2022-07-13', '2023-11-15', '2025-06-30'].map((version) => `Common/stable/${version}/common.json`);
const errorSchema = `${base}${common[1]}#/definitions/CommunicationErrorResponse`;

/** Members that the newest client reads and that came after the description. */
const laterMembers: ReadonlySet<unknown> = new Set(['answeredFor', 'isOnHold', 'recordingKind']);

/** Refusals that the chat description does not list and its clients handle all the same; they share its error body. */
const commonRefusals = new Set(['400', '404', '405', '413', '415', '500']);

interface SpecOperation {
  /** The description that it is in. */
  readonly file: string;
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
  /** By status or `default`; `undefined` means no body. */
  readonly responses: ReadonlyMap<string, string | undefined>;
}

/** Call Automation's newest client knows the kinds of people that came after the description. */
const read = (path: string): Json => {
  const text = readFileSync(`${folder}${path}`, 'utf8');
  return asObject(
    JSON.parse(path === callAutomation ? text.replaceAll('2023-11-15/common.json', '2025-06-30/common.json') : text),
  );
};

function asObject(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('unable to read the description; an object is missing');
  return Object.fromEntries(Object.entries(value));
}

/** Makes members that the description does not name an error, except where other schemas extend this one. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const schema: Json = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)]));
  const isClosed =
    schema.type === 'object' && 'properties' in schema && !('discriminator' in schema) && !('allOf' in schema);
  return isClosed ? { ...schema, additionalProperties: false } : schema;
}

const ajv = new Ajv({ strict: false, allErrors: true });
formats(ajv);
for (const path of [...descriptions, ...common])
  ajv.addSchema({ ...asObject(closed(read(path))), $id: `${base}${path}` });

const validators = new Map<string, ValidateFunction>();
function validator(ref: string): ValidateFunction {
  const known = validators.get(ref) ?? ajv.compile({ $ref: ref });
  validators.set(ref, known);
  return known;
}

const operations: readonly SpecOperation[] = descriptions.flatMap((file) =>
  Object.entries(asObject(read(file).paths)).flatMap(([path, methods]) =>
    Object.entries(asObject(methods)).map(([method, value]) => {
      const operation = asObject(value);
      const responses = Object.entries(asObject(operation.responses)).map(
        ([status, response]): [string, string | undefined] => {
          const schema = asObject(response).schema;
          const ref = schema === undefined ? undefined : asObject(schema).$ref;
          return [status, typeof ref === 'string' ? new URL(ref, `${base}${file}`).href : undefined];
        },
      );
      return {
        file,
        id: String(operation.operationId),
        method: method.toUpperCase(),
        path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
        responses: new Map(responses),
      };
    }),
  ),
);

/** Ids of all operations that the descriptions hold. */
export const operationIds: readonly string[] = operations.map(({ id }) => id);

/** The published examples: the answers of each operation. */
export function* publishedExamples(): Iterable<{
  readonly file: string;
  readonly id: string;
  readonly status: string;
  readonly body: unknown;
}> {
  for (const file of descriptions) {
    for (const methods of Object.values(asObject(read(file).paths))) {
      for (const value of Object.values(asObject(methods))) {
        const operation = asObject(value);
        for (const example of Object.values(asObject(operation['x-ms-examples']))) {
          const path = new URL(String(asObject(example).$ref), `${base}${file}`).href.slice(base.length);
          for (const [status, response] of Object.entries(asObject(read(path).responses))) {
            yield { file: path, id: String(operation.operationId), status, body: asObject(response).body };
          }
        }
      }
    }
  }
}

/** Number of example files, to be sure that none is left out. */
export const exampleCount = descriptions.reduce(
  (sum, file) => sum + readdirSync(`${folder}${file.replace(/[^/]+$/, 'examples')}`).length,
  0,
);

/** Complaints about a body for an operation and status; empty when it fits. */
export function complaints(id: string, status: string, body: unknown): readonly string[] {
  const operation = operations.find((candidate) => candidate.id === id);
  if (operation === undefined) return [`${id} is not described`];
  const described = operation.responses.has(status) ? status : 'default';
  const isRefusal = !operation.responses.has(described) && commonRefusals.has(status);
  if (!operation.responses.has(described) && !isRefusal) return [`${id}: status ${status} is not described`];
  const ref = isRefusal ? errorSchema : operation.responses.get(described);
  if (ref === undefined) return body === undefined ? [] : [`${id} ${status}: there must be no body`];
  if (body === undefined) return [`${id} ${status}: the body is missing`];
  const validate = validator(ref);
  if (validate(body)) return [];
  return (validate.errors ?? [])
    .filter(({ params }) => !(operation.file === callAutomation && laterMembers.has(params.additionalProperty)))
    .map(
      ({ instancePath, message, params }) =>
        `${id} ${status} ${instancePath}: ${message ?? ''} ${JSON.stringify(params)}`,
    );
}

/** The operation of an exchange and what is wrong with it; `undefined` when the descriptions do not cover the path. */
export function checkExchange({
  method,
  path,
  status,
  contentType,
  body,
}: Exchange): { readonly id: string; readonly complaints: readonly string[] } | undefined {
  const operation = operations.find((candidate) => candidate.method === method && candidate.path.test(path));
  if (operation === undefined) return undefined;
  if (body !== '' && contentType !== 'application/json; charset=utf-8')
    return { id: operation.id, complaints: [`content type ${contentType}`] };
  return {
    id: operation.id,
    complaints: complaints(operation.id, String(status), body === '' ? undefined : JSON.parse(body)),
  };
}
