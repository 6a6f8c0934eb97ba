import type { AgentPush, PhoneReport } from '../protocol/agent-frames';
import type { Session } from './session';

const unreachable: PhoneReport = { ready: false, reasons: ['unreachable'] };

/**
 * What an agent's desks say of their phone. In one browser one page speaks for all; of several browsers one whose
 * phone is ready is enough, else the newest report counts. Each counts as long as the link of its page is up.
 */
export class AgentPhone {
  /** By page, the newest last. */
  readonly #reports = new Map<Session<AgentPush>, PhoneReport>();
  #known = false;
  #wanted: Session<AgentPush> | undefined;

  /** Absent as long as no page has reported. */
  get report(): PhoneReport | undefined {
    if (!this.#known) return undefined;
    const here = [...this.#reports].flatMap(([session, report]) => (session.up ? [report] : []));
    return here.find(({ ready }) => ready) ?? here.at(-1) ?? { ready: false, reasons: ['desk-gone'] };
  }

  get ready(): boolean {
    return this.report?.ready === true;
  }

  reported(report: PhoneReport, session: Session<AgentPush>): void {
    this.#known = true;
    for (const page of this.#reports.keys()) if (page === session || page.closed) this.#reports.delete(page);
    if (!report.reasons.includes('not-leading')) this.#reports.set(session, report);
  }

  /** The agent has asked for a call on this page: of several browsers, its one is to answer. */
  wantedAt(session: Session<AgentPush>): void {
    this.#wanted = session;
  }

  /** Whether this page is to answer calls of the agent: not where another browser's phone is the one wanted. */
  answersAt(session: Session<AgentPush>): boolean {
    const wanted = this.#wanted;
    const isElsewhere = wanted !== undefined && wanted !== session && wanted.up && this.#reports.get(wanted)?.ready;
    return isElsewhere !== true || !this.#reports.has(session);
  }

  /** A call did not get through, whatever the pages say: not ready until one reports again. */
  unreachable(): void {
    for (const page of this.#reports.keys()) this.#reports.set(page, unreachable);
  }
}
