import type { Config } from 'dompurify';

/** Makes HTML safe to show; undefined when nothing of it is left. */
export type Sanitize = (html: string) => string | undefined;

/** The same as over ACS: what a chat message needs. Images and styles load from elsewhere and cover the page. */
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

/** DOMPurify where there is a DOM to sanitise with. Undefined elsewhere, or when it cannot be loaded: text only then. */
export async function loadSanitizer(): Promise<Sanitize | undefined> {
  try {
    const { default: createDOMPurify } = await import('dompurify');
    if (typeof window !== 'object' || !createDOMPurify.isSupported) return undefined;
    // An instance of our own, so that the hook does not change what the page sanitises itself.
    const purify = createDOMPurify(window);
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
