/** As much of DOMPurify as sanitising messages takes; its default export makes one for a window. */
export interface Purifier {
  readonly isSupported: boolean;
  addHook(point: 'afterSanitizeAttributes', hook: (element: Element) => void): void;
  sanitize(html: string, config: PurifierConfig): string;
}

export interface PurifierConfig {
  readonly ALLOWED_TAGS: string[];
  readonly ALLOWED_ATTR: string[];
  readonly ALLOWED_URI_REGEXP: RegExp;
  readonly ADD_URI_SAFE_ATTR: string[];
  readonly ALLOW_DATA_ATTR: boolean;
  readonly ALLOW_ARIA_ATTR: boolean;
}

/** What a chat message needs; images and styles are left out, because they load from elsewhere and cover the page. */
const config: PurifierConfig = {
  ALLOWED_TAGS: (
    'a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s small span ' +
    'strike strong sub sup table tbody td tfoot th thead tr u ul'
  ).split(' '),
  ALLOWED_ATTR: ['href', 'title', 'dir', 'lang', 'colspan', 'rowspan', 'start'],
  // Without this DOMPurify wants every other value to look like an address.
  ADD_URI_SAFE_ATTR: ['dir', 'lang', 'colspan', 'rowspan', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/**
 * The one policy for HTML in messages, whichever provider brings it: formatting and links, which open elsewhere.
 * `createPurifier` is DOMPurify's default export. Undefined where there is no DOM, and HTML must not be offered.
 */
export function chatSanitiser(
  createPurifier: (root: Window & typeof globalThis) => Purifier,
): ((html: string) => string) | undefined {
  if (typeof window !== 'object' || typeof document !== 'object') return undefined;
  // An instance of our own, so that the hook does not change what the page sanitises itself.
  const purify = createPurifier(window);
  if (!purify.isSupported) return undefined;
  purify.addHook('afterSanitizeAttributes', (element) => {
    if (element.tagName !== 'A' || !element.hasAttribute('href')) return;
    element.setAttribute('target', '_blank');
    element.setAttribute('rel', 'noopener noreferrer');
  });
  return (html) => purify.sanitize(html, config);
}
