import type { Matcher, Offered } from '../matcher';
import type { Script } from '../script';

/** Decides nothing: offers what the script says, so that what the measurement itself costs can be seen. */
export function driver(script: Script): (offered: Offered) => Matcher {
  return (offered) => {
    const { offersAfter, offeredTask, offeredWorker } = script;
    let call = 0;
    let offers = 0;
    function offer(): void {
      const until = offersAfter[call++]!;
      for (; offers < until; offers++) offered(offeredTask[offers]!, offeredWorker[offers]!);
    }
    return {
      arrive: offer,
      accept: offer,
      decline: offer,
      expire(tasks) {
        call += tasks.length - 1;
        offer();
      },
      end: offer,
      check() {},
    };
  };
}
