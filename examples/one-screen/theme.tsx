import { FluentProvider, teamsDarkTheme, teamsLightTheme } from '@fluentui/react-components';
import { useSyncExternalStore, type ReactNode } from 'react';

const darkMode = matchMedia('(prefers-color-scheme: dark)');

/** Teams' look, light or dark as the system asks. */
export function Themed({ children }: { readonly children: ReactNode }) {
  const dark = useSyncExternalStore(
    (changed) => {
      darkMode.addEventListener('change', changed);
      return () => darkMode.removeEventListener('change', changed);
    },
    () => darkMode.matches,
  );
  return (
    <FluentProvider theme={dark ? teamsDarkTheme : teamsLightTheme} style={{ height: '100%' }}>
      {children}
    </FluentProvider>
  );
}
