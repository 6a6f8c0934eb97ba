import { act, StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

/** Renders into the page of the test; `strict`: every component is mounted twice, as React does in development. */
export function mount(node: ReactNode, { strict = false }: { readonly strict?: boolean } = {}) {
  const container = document.createElement('div');
  document.body.append(container);
  const root = createRoot(container);
  act(() => root.render(strict ? <StrictMode>{node}</StrictMode> : node));
  return {
    get text() {
      return container.textContent;
    },
    unmount() {
      act(() => root.unmount());
      container.remove();
    },
  };
}
