import { useContactCenter } from 'onescreen/react';
import { useState } from 'react';
import { sentence } from './call-words';

/** E.164. */
const phoneNumber = /^\+[1-9]\d{7,14}$/;

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
      const phone = number.replaceAll(/[\s()./-]/g, '');
      setProblem(undefined);
      if (phoneNumber.test(phone)) void call(phone, queueId);
      else setProblem('Write + and 8 to 15 digits, the country code first.');
    },
    forget: () => setProblem(undefined),
  };
}
