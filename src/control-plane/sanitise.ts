import type { Config } from 'dompurify';

/** What a chat message needs; images and styles are left out, because they load from elsewhere and cover the page. */
const config: Config = {
  ALLOWED_TAGS: (
    'a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s small span ' +
    'strike strong sub sup table tbody td tfoot th thead tr u ul'
  ).split(' '),
  ALLOWED_ATTR: ['href', 'title', 'dir', 'lang', 'colspan', 'rowspan', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** Makes HTML safe to show; undefined when nothing of it is left. */
export type Sanitise = (html: string) => string | undefined;

/** DOMPurify where there is a DOM to sanitise with. Undefined elsewhere, or when it cannot be loaded: text only then. */
export async function loadSanitise(): Promise<Sanitise | undefined> {
  if (typeof window === 'undefined' || typeof document === 'undefined') return undefined;
  try {
    const { default: createDOMPurify } = await import('dompurify');
    // An instance of our own, so that the hook does not change what the page sanitises itself.
    const purify = createDOMPurify(window);
    if (!purify.isSupported) return undefined;
    purify.addHook('afterSanitizeAttributes', (element) => {
      if (element.tagName !== 'A' || !element.hasAttribute('href')) return;
      element.setAttribute('target', '_blank');
      element.setAttribute('rel', 'noopener noreferrer');
    });
    return (html) => purify.sanitize(html, config) || undefined;
  } catch {
    return undefined;
  }
}
