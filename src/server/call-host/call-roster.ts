/** Who is in a customer's call, who of them is on hold, and who is being taken out of it. */
export class CallRoster {
  readonly #agents = new Set<string>();
  /** Whoever else was added: those whom agents brought in, and those whom these did. */
  readonly #others = new Set<string>();
  readonly #held = new Set<string>();
  /** Who is being taken out at the server's wish, until the call says so. */
  readonly #dismissed = new Set<string>();
  #customer: string | undefined;
  #customerIn: boolean;

  /** Raw ids. The call began with the customer, or with the part of an agent: then the customer is not in it yet. */
  constructor(customer: string | undefined, agent: string | undefined) {
    this.#customer = customer;
    this.#customerIn = agent === undefined;
    if (agent !== undefined) this.#agents.add(agent);
  }

  /** Undefined as long as nobody was dialled. */
  get customer(): string | undefined {
    return this.#customer;
  }

  get customerIn(): boolean {
    return this.#customerIn;
  }

  get customerHeld(): boolean {
    return this.#customer !== undefined && this.#held.has(this.#customer);
  }

  get agents(): readonly string[] {
    return [...this.#agents];
  }

  get held(): readonly string[] {
    return [...this.#held];
  }

  get hasAgents(): boolean {
    return this.#agents.size > 0;
  }

  get hasOthers(): boolean {
    return this.#others.size > 0;
  }

  /** The customer is in, and nobody else. */
  get isLeftAlone(): boolean {
    return this.#customerIn && !this.hasAgents && !this.hasOthers;
  }

  /** The customer is in, and nobody there can be heard: whoever else is in is on hold. */
  get isWithoutCompany(): boolean {
    const company = [...this.#agents, ...this.#others].filter((rawId) => !this.#held.has(rawId));
    return this.#customerIn && company.length === 0;
  }

  /** Whether they are in, other than as the customer. */
  isCompany(rawId: string): boolean {
    return this.#agents.has(rawId) || this.#others.has(rawId);
  }

  hasAgent(rawId: string): boolean {
    return this.#agents.has(rawId);
  }

  isHeld(rawId: string): boolean {
    return this.#held.has(rawId);
  }

  /** The customer is dialled: from now on it is known who that is. */
  dialled(customer: string): void {
    this.#customer = customer;
  }

  customerCame(): void {
    this.#customerIn = true;
  }

  customerWent(): void {
    this.#customerIn = false;
  }

  agentCame(rawId: string): void {
    this.#dismissed.delete(rawId);
    this.#agents.add(rawId);
  }

  /** An agent is about to come back on another page: the part that they have goes without a word. */
  agentComesBack(rawId: string): void {
    this.#agents.delete(rawId);
    this.#dismissed.add(rawId);
  }

  otherCame(rawId: string): void {
    this.#others.add(rawId);
  }

  /** Somebody is seen in the call: whom another one has brought in is company, too. */
  seen(rawId: string): void {
    if (rawId !== this.#customer && !this.#agents.has(rawId) && !this.#dismissed.has(rawId)) this.#others.add(rawId);
  }

  hold(rawId: string): void {
    this.#held.add(rawId);
  }

  /** Whether they were on hold until now. */
  resume(rawId: string): boolean {
    return this.#held.delete(rawId);
  }

  /** Somebody has gone. `asked`: they were taken out. */
  went(rawId: string): { readonly wasIn: boolean; readonly asked: boolean } {
    this.#held.delete(rawId);
    const wasAgent = this.#agents.delete(rawId);
    const wasOther = this.#others.delete(rawId);
    return { wasIn: wasAgent || wasOther, asked: this.#dismissed.delete(rawId) };
  }

  /** Somebody is being taken out. @returns puts them back as they were: it has failed */
  takeOut(rawId: string): () => void {
    const sets = [this.#agents, this.#others].filter((set) => set.delete(rawId));
    this.#held.delete(rawId);
    this.#dismissed.add(rawId);
    return () => {
      this.#dismissed.delete(rawId);
      for (const set of sets) set.add(rawId);
    };
  }
}
