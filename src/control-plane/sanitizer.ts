/** Makes HTML safe to show; undefined when nothing of it is left. */
export type Sanitize = (html: string) => string | undefined;

/** DOMPurify where there is a DOM to sanitise with. Undefined elsewhere, or when it cannot be loaded: text only then. */
export async function loadSanitizer(): Promise<Sanitize | undefined> {
  try {
    const { default: purify } = await import('dompurify');
    if (!purify.isSupported) return undefined;
    return (html) => purify.sanitize(html, { USE_PROFILES: { html: true } }) || undefined;
  } catch {
    return undefined;
  }
}
