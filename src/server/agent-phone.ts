import type { AgentPush, PhoneReport } from '../protocol/agent-frames';
import type { Session } from './session';

/** What an agent's desks say of their phone. The newest report counts, as long as the link of its page is up. */
export class AgentPhone {
  #last: { readonly report: PhoneReport; readonly session: Session<AgentPush> } | undefined;

  /** Absent as long as no page has reported. */
  get report(): PhoneReport | undefined {
    if (this.#last === undefined) return undefined;
    return this.#last.session.up ? this.#last.report : { ready: false, reasons: ['desk-gone'] };
  }

  get ready(): boolean {
    return this.report?.ready === true;
  }

  reported(report: PhoneReport, session: Session<AgentPush>): void {
    this.#last = { report, session };
  }

  /** A call did not get through, whatever the page says: not ready until it reports again. */
  unreachable(): void {
    if (this.#last !== undefined) this.#last = { ...this.#last, report: { ready: false, reasons: ['unreachable'] } };
  }
}
