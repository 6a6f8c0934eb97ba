import { counterRandom } from './counter-random';
import { checkDistribution, drawn, type Distribution } from './distribution';
import { refuseSimulation } from './refuse';
import type { SimulatedContact } from './simulated-contact';

const hour = 3_600_000;

/** Contacts of one kind. */
export interface ContactStream extends Pick<
  SimulatedContact,
  'queueId' | 'channel' | 'priority' | 'labels' | 'selectors' | 'cost'
> {
  /** Default `queueId/channel`. Streams of different names do not depend on each other. */
  readonly name?: string;
  /** How many come in an hour on average: at all times, or for each hour of the day, beginning with 00:00 UTC (24 numbers). */
  readonly perHour: number | readonly number[];
  readonly handle: Distribution;
  /** Default none. */
  readonly wrapUp?: Distribution;
  /** Left out: they wait for ever. */
  readonly patience?: Distribution;
}

export interface GenerateTrafficOptions {
  readonly seed: string | number;
  /** Epoch milliseconds. */
  readonly from: number;
  /** Epoch milliseconds; contacts come before it. */
  readonly to: number;
  readonly streams: readonly ContactStream[];
}

/** Traffic made up: Poisson arrivals at rates that follow the time of day. Throws `simulation/invalid` for rates and times below 0. */
export function generateTraffic({ seed, from, to, streams }: GenerateTrafficOptions): readonly SimulatedContact[] {
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw refuseSimulation('from and to must be times', 'from');
  const names = streams.map((stream) => stream.name ?? `${stream.queueId}/${stream.channel}`);
  const double = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (double >= 0) throw refuseSimulation(`there are two streams "${names[double] ?? ''}"`, `streams[${double}].name`);
  return streams
    .flatMap((stream, index) => contactsOf(stream, names[index] ?? '', `streams[${index}]`, { seed, from, to }))
    .sort((a, b) => a.at - b.at);
}

function contactsOf(
  stream: ContactStream,
  name: string,
  field: string,
  { seed, from, to }: Omit<GenerateTrafficOptions, 'streams'>,
): readonly SimulatedContact[] {
  const random = counterRandom(`${seed}/${name}`);
  const streams = { gap: random.stream('gap'), handle: random.stream('handle') };
  const others = { wrapUp: random.stream('wrap-up'), patience: random.stream('patience') };
  const { queueId, channel, priority, labels, selectors, cost, perHour, handle, wrapUp, patience } = stream;
  const fixed = {
    queueId,
    channel,
    ...(priority !== undefined && { priority }),
    ...(labels !== undefined && { labels }),
    ...(selectors !== undefined && { selectors }),
    ...(cost !== undefined && { cost }),
  };
  const rates = ratesOf(perHour, `${field}.perHour`);
  for (const [name, given] of Object.entries({ handle, wrapUp, patience }))
    if (name === 'handle' || given !== undefined) checkDistribution(given, `${field}.${name}`);
  const contacts: SimulatedContact[] = [];
  for (let at = from, index = 0; ; index += 1) {
    at = nextArrival(at, to, -Math.log(streams.gap(index)), rates);
    if (at >= to) return contacts;
    const handleMs = drawn(handle, (draw) => streams.handle(index, draw), `${field}.handle`);
    const contact = { ...fixed, id: `${name}#${index + 1}`, at, handleMs };
    if (wrapUp === undefined && patience === undefined) contacts.push(contact);
    else {
      const wrapUpMs = wrapUp && drawn(wrapUp, (draw) => others.wrapUp(index, draw), `${field}.wrapUp`);
      const patienceMs = patience && drawn(patience, (draw) => others.patience(index, draw), `${field}.patience`);
      contacts.push({
        ...contact,
        ...(wrapUpMs !== undefined && { wrapUpMs }),
        ...(patienceMs !== undefined && { patienceMs }),
      });
    }
  }
}

/** Uses up `wanted`, the arrivals expected until the next one comes, hour by hour. */
function nextArrival(after: number, end: number, wanted: number, rates: readonly number[]): number {
  let at = after;
  let left = wanted;
  while (at < end) {
    const rate = (rates[Math.floor(at / hour) % rates.length] ?? 0) / hour;
    const untilChange = rates.length === 1 ? Infinity : hour - (at % hour);
    if (left < rate * untilChange) return at + left / rate;
    if (untilChange === Infinity) return end;
    left -= rate * untilChange;
    at += untilChange;
  }
  return end;
}

function ratesOf(perHour: number | readonly number[], field: string): readonly number[] {
  const rates = typeof perHour === 'number' ? [perHour] : perHour;
  if (rates.length !== 1 && rates.length !== 24) throw refuseSimulation(`${field} must be one number or 24`, field);
  if (!rates.every((rate) => Number.isFinite(rate) && rate >= 0))
    throw refuseSimulation(`${field} must be at least 0`, field);
  return rates;
}
