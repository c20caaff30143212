// Package web is the plumbing between Echo and the screens: rendering, security headers, request ids, the access log,
// form bodies. It knows no flow and no page of ours; handlers puts it together.
package web
