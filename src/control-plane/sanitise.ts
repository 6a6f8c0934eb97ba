import { chatSanitiser } from 'onescreen/chat';

/** Makes HTML safe to show; undefined when nothing of it is left. */
export type Sanitise = (html: string) => string | undefined;

/** DOMPurify where there is a DOM to sanitise with. Undefined elsewhere, or when it cannot be loaded: text only then. */
export async function loadSanitise(): Promise<Sanitise | undefined> {
  if (typeof window === 'undefined' || typeof document === 'undefined') return undefined;
  try {
    const { default: createDOMPurify } = await import('dompurify');
    const sanitise = chatSanitiser(createDOMPurify);
    return sanitise && ((html) => sanitise(html) || undefined);
  } catch {
    return undefined;
  }
}
