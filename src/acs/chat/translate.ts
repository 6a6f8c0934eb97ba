import type { ProviderMessage, ProviderReceipt } from 'onescreen';
import { htmlToText } from './html-to-text';
import type { AcsIdentifier, AcsMessage, AcsMessageEvent, AcsReceipt } from './official-client';
import type { Sanitise } from './sanitise';

/** Key of a message's metadata that carries the sending desk's id for it. */
export const clientIdKey = 'onescreenClientId';

/** Longest client id that is believed; metadata is anybody's to write. */
const longestClientId = 200;

/** A message in our terms, and whether the service holds it as HTML. */
export interface Translated {
  readonly message: ProviderMessage;
  readonly isHtml: boolean;
}

/** Ids and versions are times, in epoch milliseconds; NaN for one that is not. */
export function timeOf(id: string): number {
  return /^\d+$/.test(id) ? Number(id) : NaN;
}

/** When the service stored it, in epoch milliseconds. `createdOn` has whole seconds in lists: only for ids of another kind. */
export function serverTime({ id, createdOn }: { readonly id: string; readonly createdOn: Date }): number {
  const time = timeOf(id);
  return Number.isNaN(time) ? createdOn.getTime() : time;
}

/** Grows with each change. */
export function versionOf(source: { readonly id: string; readonly version: string; readonly createdOn: Date }): number {
  const version = timeOf(source.version);
  return Number.isNaN(version) ? serverTime(source) : version;
}

/** The name of somebody at ACS, as in `providerRefs.acs`. */
export function rawIdOf(identifier: AcsIdentifier): string {
  const { rawId, communicationUserId, microsoftTeamsUserId, phoneNumber, id } = identifier;
  if (rawId !== undefined) return rawId;
  if (communicationUserId !== undefined) return communicationUserId;
  if (microsoftTeamsUserId !== undefined) return `8:orgid:${microsoftTeamsUserId}`;
  if (phoneNumber !== undefined) return `4:${phoneNumber}`;
  return id ?? '';
}

/** A listed message; undefined for a system message. */
export function fromList(listed: AcsMessage, sanitise?: Sanitise): Translated | undefined {
  const kind = contentKind(listed.type);
  if (kind === undefined || listed.sender === undefined) return undefined;
  return translate({ ...listed, sender: listed.sender }, listed.content?.message ?? '', kind, sanitise);
}

/** A pushed message; an edit and a deletion push the whole message again. */
export function fromEvent(
  event: AcsMessageEvent & { readonly editedOn?: Date; readonly deletedOn?: Date },
  sanitise?: Sanitise,
): Translated {
  // Of a type that is not known, such as a card of Teams', it is markup.
  return translate(event, event.message ?? '', contentKind(event.type ?? 'text') ?? 'html', sanitise);
}

export function fromReceipt(receipt: AcsReceipt): ProviderReceipt | undefined {
  const upTo = timeOf(receipt.chatMessageId);
  return Number.isNaN(upTo) ? undefined : { kind: 'receipt', reader: rawIdOf(receipt.sender), upTo };
}

interface Source {
  readonly id: string;
  readonly version: string;
  readonly sender: AcsIdentifier;
  readonly senderDisplayName?: string;
  readonly createdOn: Date;
  readonly editedOn?: Date;
  readonly deletedOn?: Date;
  readonly metadata?: Readonly<Record<string, string>>;
}

function translate(source: Source, content: string, kind: 'text' | 'html', sanitise?: Sanitise): Translated {
  const at = serverTime(source);
  const editedAt = source.editedOn?.getTime();
  // Whatever its time: it is deleted.
  const deletedAt = source.deletedOn && (source.deletedOn.getTime() || versionOf(source));
  const body = deletedAt === undefined ? content : '';
  const clientId: unknown = source.metadata?.[clientIdKey];
  const message: ProviderMessage = {
    kind: 'message',
    providerId: source.id,
    version: versionOf(source),
    at,
    seq: 0,
    sender: rawIdOf(source.sender),
    text: kind === 'html' ? htmlToText(body) : body,
    ...(source.senderDisplayName && { senderName: source.senderDisplayName }),
    ...(isClientId(clientId) && { clientId }),
    ...(kind === 'html' && body !== '' && sanitise !== undefined && { html: sanitise(body) }),
    ...(editedAt !== undefined && { editedAt }),
    ...(deletedAt !== undefined && { deletedAt }),
  };
  return { message, isHtml: kind === 'html' };
}

/** `Text` and `RichText/Html` in events, `text` and `html` in lists; undefined for what is no message of anybody. */
function contentKind(type: string): 'text' | 'html' | undefined {
  const name = type.toLowerCase();
  if (name === 'text') return 'text';
  return name === 'html' || name === 'richtext' || name === 'richtext/html' ? 'html' : undefined;
}

function isClientId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestClientId;
}
