// Reads a fetched page of ours. Script in it does not run. The pages' content security policy names
// this Trusted Types policy.
const policy = globalThis.trustedTypes?.createPolicy("app", { createHTML: (html) => html });

export const parse = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
