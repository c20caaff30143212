// Package web is the plumbing between Echo and the screens: rendering, security headers, request
// ids, the access log, and form bodies. It knows no flow and no page; handlers puts it together.
//
// It may import Echo and templ, and nothing of ours. A header for every answer goes into
// SecurityHeaders, a fact for every access line into AccessLog.
package web
