/** How a task leaves its agent's hands by the agent's own command. */
type How = 'completed' | 'requeued';

/** How many tasks are remembered per agent (chosen). */
const limit = 64;

/** Tasks that an agent has let go of: who asks for the same again has not heard the answer, and gets it once more. */
export class LetGo {
  readonly #tasks = new Map<string, { readonly how: How; readonly done: Promise<void> }>();

  /** The answer to the agent who has let go of the task so, and has not had it again since. */
  of(taskId: string, how: How): Promise<void> | undefined {
    const task = this.#tasks.get(taskId);
    return task?.how === how ? task.done : undefined;
  }

  add(taskId: string, how: How, done: Promise<void>): void {
    this.#tasks.set(taskId, { how, done });
    for (const oldest of this.#tasks.keys()) {
      if (this.#tasks.size <= limit) break;
      this.#tasks.delete(oldest);
    }
  }

  /** The agent has it again. */
  delete(taskId: string): void {
    this.#tasks.delete(taskId);
  }
}
