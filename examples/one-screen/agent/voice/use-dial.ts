import { useContactCenter } from 'onescreen/react';
import { useState } from 'react';
import { phoneNumberHint, readPhoneNumber } from '../../phone-number';
import { sentence } from './call-words';

/** Calls a number; what goes wrong is said where it was written. */
export function useDial(done: () => void): {
  readonly dialling: boolean;
  readonly problem: string | undefined;
  readonly dial: (number: string, queueId: string | undefined) => void;
  readonly forget: () => void;
} {
  const client = useContactCenter();
  const [dialling, setDialling] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function call(phone: string, queueId: string | undefined): Promise<void> {
    setDialling(true);
    try {
      const task = await client.outbound.call({ phone }, { ...(queueId !== undefined && { queueId }) });
      client.setFocus(task.conversationId);
      done();
    } catch (error) {
      setProblem(sentence(error instanceof Error ? error.message : String(error)));
    } finally {
      setDialling(false);
    }
  }

  return {
    dialling,
    problem,
    dial(number, queueId) {
      if (dialling) return;
      const phone = readPhoneNumber(number);
      setProblem(undefined);
      if (phone === undefined) setProblem(phoneNumberHint);
      else void call(phone, queueId);
    },
    forget: () => setProblem(undefined),
  };
}
