import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Clock, Random } from 'onescreen';

/** A throw-away authority and a server certificate that it signed, PEM. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
}

const day = 86_400_000;

/** Makes an authority and a certificate for 127.0.0.1, ::1 and localhost, good for 90 days. The authority's key is not kept. */
export function createCertificates(clock: Clock, random: Random): Certificates {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = 'onescreen emulator authority';
  const common = { issuer, signer: authority.privateKey, now: clock.now() };
  const ca = certificate({
    ...common,
    subject: issuer,
    serial: random.id(),
    publicKey: authority.publicKey,
    extensions: authorityExtensions(authority.publicKey),
  });
  const cert = certificate({
    ...common,
    subject: 'onescreen emulator',
    serial: random.id(),
    publicKey: server.publicKey,
    extensions: serverExtensions(authority.publicKey),
  });
  return {
    ca,
    server: { cert: `${cert}${ca}`, key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
  };
}

interface CertificateContent {
  readonly serial: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** An X.509 version 3 certificate (RFC 5280, section 4.1), signed with ECDSA and SHA-256. */
function certificate({ serial, now, subject, issuer, publicKey, signer, extensions }: CertificateContent): string {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const content = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), createHash('sha256').update(serial).digest().subarray(0, 15)])),
    algorithm,
    name(issuer),
    sequence(utcTime(now - day), utcTime(now + 90 * day)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions)),
  );
  const signed = sequence(content, algorithm, bitString(sign('sha256', content, signer)));
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const authorityExtensions = (key: KeyObject) => [
  extension('2.5.29.19', true, sequence(boolean(true), integer(Buffer.from([0])))),
  extension('2.5.29.15', true, bits(0x06)),
  extension('2.5.29.14', false, element(0x04, keyId(key))),
];

const serverExtensions = (authority: KeyObject) => [
  extension('2.5.29.19', true, sequence()),
  extension('2.5.29.15', true, bits(0x80)),
  extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
  extension('2.5.29.35', false, sequence(element(0x80, keyId(authority)))),
  extension(
    '2.5.29.17',
    false,
    sequence(
      element(0x82, Buffer.from('localhost')),
      element(0x87, Buffer.from([127, 0, 0, 1])),
      element(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
    ),
  ),
];

// DER (ITU-T X.690): a tag, a length, a value.

function element(tag: number, ...values: readonly Buffer[]): Buffer {
  const value = Buffer.concat(values);
  return Buffer.concat([Buffer.from([tag]), length(value.length), value]);
}

function length(size: number): Buffer {
  if (size < 128) return Buffer.from([size]);
  return size < 256 ? Buffer.from([0x81, size]) : Buffer.from([0x82, size >> 8, size & 0xff]);
}

const sequence = (...values: readonly Buffer[]) => element(0x30, ...values);
const integer = (value: Buffer) => element(0x02, value);
const boolean = (value: boolean) => element(0x01, Buffer.from([value ? 0xff : 0]));
const bitString = (value: Buffer) => element(0x03, Buffer.from([0]), value);
const tagged = (number: number, value: Buffer) => element(0xa0 + number, value);
const keyId = (key: KeyObject) =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
const name = (commonName: string) =>
  sequence(element(0x31, sequence(oid('2.5.4.3'), element(0x0c, Buffer.from(commonName)))));

/** Key usage bits: one byte with its trailing zero bits cut off. */
const bits = (byte: number) => element(0x03, Buffer.from([31 - Math.clz32(byte & -byte), byte]));

const utcTime = (ms: number) =>
  element(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), element(0x04, value));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}
