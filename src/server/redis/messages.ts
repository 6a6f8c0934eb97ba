import * as v from 'valibot';

const link = v.string();
const id = v.string();
const record = v.record(v.string(), v.unknown());
const headers = v.array(v.tuple([v.string(), v.string()]));

/** What a node tells whoever leads. Bodies are in base64. */
const toLeader = v.variant('type', [
  v.object({ type: v.literal('alive') }),
  v.object({
    type: v.literal('connect'),
    link,
    door: v.string(),
    credentials: record,
    session: v.optional(v.string()),
    snapshot: v.optional(v.boolean()),
  }),
  v.object({ type: v.literal('frame'), link, frame: v.unknown() }),
  v.object({ type: v.literal('down'), link, reason: v.string() }),
  v.object({
    type: v.literal('request'),
    id,
    method: v.string(),
    url: v.string(),
    headers,
    body: v.optional(v.string()),
  }),
]);

/** What whoever leads tells a node. */
const toNode = v.variant('type', [
  v.object({ type: v.literal('connected'), link, session: v.string(), recovered: v.boolean() }),
  v.object({ type: v.literal('refused'), link, error: record }),
  v.object({ type: v.literal('frame'), link, frame: v.unknown() }),
  /** There is no such link any more. */
  v.object({ type: v.literal('gone'), link }),
  v.object({ type: v.literal('response'), id, status: v.number(), headers, body: v.string() }),
  /** Something that the node sent is missing; nothing more is taken of it until it begins anew. */
  v.object({ type: v.literal('missed') }),
]);

export type ToLeader = v.InferOutput<typeof toLeader>;
export type ToNode = v.InferOutput<typeof toNode>;
export type Message = ToLeader | ToNode;

export function isToLeader(value: unknown): value is ToLeader {
  return v.is(toLeader, value);
}

export function isToNode(value: unknown): value is ToNode {
  return v.is(toNode, value);
}
