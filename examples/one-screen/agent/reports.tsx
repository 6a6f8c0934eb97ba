import { Toast, ToastBody, ToastTitle, Toaster, useId, useToastController } from '@fluentui/react-components';
import { isContactCenterError } from 'onescreen';
import { createContext, useCallback, useContext, type ReactNode } from 'react';

type Run = (command: () => Promise<unknown>) => void;

const RunContext = createContext<Run>(() => {});

/** Gives {@link useRun} to the screen below it, and shows what failed. */
export function Reports({ children }: { readonly children: ReactNode }) {
  const toasterId = useId('reports');
  const { dispatchToast } = useToastController(toasterId);
  const run = useCallback<Run>(
    (command) => {
      command().catch((error: unknown) => {
        // An expected race: the offer's own ending says what became of it.
        if (isContactCenterError(error, 'offer/gone')) return;
        dispatchToast(
          <Toast>
            <ToastTitle>That did not work</ToastTitle>
            <ToastBody>{error instanceof Error ? error.message : String(error)}</ToastBody>
          </Toast>,
          { intent: 'error' },
        );
      });
    },
    [dispatchToast],
  );
  return (
    <RunContext.Provider value={run}>
      {children}
      <Toaster toasterId={toasterId} position="bottom-end" />
    </RunContext.Provider>
  );
}

/** Starts a command from an event; a failure is shown to the agent. */
export function useRun(): Run {
  return useContext(RunContext);
}
