package faults_test

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

// carrying says whether a write that meets a fault has been carried out when its answer goes wrong.
type carrying int

const (
	never carrying = iota
	surely
	either
)

func (c carrying) cases() []bool {
	switch c {
	case never:
		return []bool{false}
	case surely:
		return []bool{true}
	default:
		return []bool{false, true}
	}
}

// A fault is one way in which Tallyfy, or what lies before it, can fail.
type fault struct {
	name string
	far  func(*testing.T, *wire) dialler
	// page is what a page is that cannot do without the call: its status and title. Empty: the fault is one of what is listed,
	// and the page is shown, or is the one of endless.
	page, endless string
	carries       carrying
	// secure calls Tallyfy by https.
	secure bool
	// attempt is the time for one attempt; only what never ends needs a short one.
	attempt time.Duration
	// after is the Retry-After that is passed on, as a regular expression.
	after string
	// says is Tallyfy's own text, which must be on a page that fails for it.
	says string
	// lead is what the page that fails for it says, as a regular expression.
	lead string
	// huge says that the answer is larger than may be read: then what the far side hands out is counted.
	huge bool
	// same says that a page shows the same as without the fault.
	same bool
	// alone says that each call of a page meets the fault alone, too: one fault of each kind, and quick ones.
	alone bool
}

const (
	unreachable = "502 Tallyfy can't be reached"
	unreadable  = "502 Tallyfy's answer could not be read"
	late        = "504 Tallyfy did not answer in time"
	itsProblem  = "502 Tallyfy has a problem"
	refusal     = "502 Tallyfy refused this"
	shutOut     = "403 Tallyfy does not let you in here"
	tooSmall    = "402 Your Tallyfy plan does not include this"
	missing     = "404 Not found in Tallyfy"
	slowDown    = "429 Tallyfy asks to slow down"
	signInEnded = "200 Sign in"

	// slowHandOver is a Tallyfy that moves the tasks of a removed member after its answer.
	slowHandOver = "hand-over still going on"

	briefly = time.Second
	// largest is the largest answer that is read here; the program's own limit is met by one page (see newSite).
	largest = 512 << 10
	// buffered is what sockets hold of an answer that nobody reads.
	buffered = 4 << 20
)

// chosen is the faults of this run: all of them; with -short those alone that each call of a page meets, one of each kind.
func chosen() []fault {
	all := faults()
	if testing.Short() {
		all = slices.DeleteFunc(all, func(f fault) bool { return !f.alone })
	}
	return all
}

// faults is every fault that the dashboard has to survive.
func faults() []fault {
	html := "<!doctype html><html><title>Sign in to the proxy</title><h1>Sign in to the proxy</h1></html>"
	date := func(t *testing.T, w *wire) dialler {
		return server(says(429, `{}`, "Retry-After", time.Now().Add(50*time.Minute).UTC().Format(http.TimeFormat)))(t, w)
	}
	return []fault{
		{name: "connection refused", far: refusing, page: unreachable, lead: `nothing was changed`},
		{name: "DNS: no such name", far: nameless, page: unreachable},
		{name: "TLS: self-signed", far: selfSigned, page: unreachable, secure: true},
		{name: "reset before the answer", far: server(resetting(0)), page: unreachable, carries: either},
		{name: "reset in the middle of the body", far: server(resetting(20)), page: unreadable, carries: surely},
		{name: "slow headers", far: server(dripping(true)), page: late, carries: either, attempt: briefly},
		{name: "slow body", far: server(dripping(false)), page: late, carries: surely, attempt: briefly},
		{name: "never answers", far: server(silent), page: late, carries: either, attempt: briefly, lead: `nothing was changed`},
		{name: "200 with HTML", far: server(says(200, html, "Content-Type", "text/html")), page: unreadable, carries: either, lead: `safe`},
		{name: "200 with error: true", far: server(says(200, `{"error":true,"message":"Not today."}`)), page: refusal, carries: either, says: "“Not today.”"},
		{name: "200 with an error beside data", far: server(says(200, `{"data":[],"error":{"code":"LATER","message":"Not today."}}`)), page: refusal, says: "“Not today.” (code LATER)"},
		{name: "200 with an empty body", far: server(instead(always(""))), page: unreadable, carries: surely},
		{name: "truncated JSON", far: server(instead(half)), page: unreadable, carries: surely, lead: `safe`},
		{name: "wrong types", far: server(instead(otherTypes)), page: unreadable, carries: surely, alone: true},
		{name: "null data", far: server(instead(always(`{"data":null}`))), page: unreadable, carries: surely, alone: true},
		{name: "50 MB, announced", far: server(huge(true)), page: unreadable, carries: surely, huge: true},
		{name: "50 MB, not announced", far: server(huge(false)), page: unreadable, carries: surely, huge: true},
		{name: "50 MB, packed", far: server(packed), page: unreadable, carries: surely, huge: true},
		{name: "endless pages", far: server(instead(endless)), endless: late, carries: surely},
		{name: "total_pages lies", far: server(instead(lyingPages)), carries: surely},
		{name: "duplicate rows", far: server(instead(doubled)), carries: surely, same: true},
		{name: slowHandOver, far: server(instead(unchanged)), carries: surely},
		{name: "301 to another host", far: func(t *testing.T, w *wire) dialler { return server(moved(w))(t, w) }, page: unreadable, lead: `proxy`},
		{name: "401", far: server(says(401, `{"message":"Unauthenticated."}`)), page: signInEnded, alone: true},
		{name: "401 about the organisation", far: server(says(401, `{"message":"Saml Is Not Enabled In this Organization"}`)), page: shutOut, says: "“Saml Is Not Enabled In this Organization”"},
		{name: "402", far: server(says(402, `{"error":{"message":"Your plan allows 5 groups."}}`)), page: tooSmall, says: "“Your plan allows 5 groups.”"},
		{name: "403", far: server(says(403, `{"trace":"secret.php"}`)), page: shutOut, alone: true},
		{name: "403 with a rule", far: server(says(403, `{"message":"<p>Not while a <b>process</b> runs.</p>"}`)), page: shutOut, says: "“Not while a process runs.”"},
		{name: "404", far: server(says(404, `{"message":"Not found."}`)), page: missing, alone: true, lead: `deleted`},
		{name: "409", far: server(says(409, `{"message":"Locked."}`)), page: refusal, says: "“Locked.”"},
		{name: "422 without errors", far: server(says(422, `{"message":"Not now."}`)), page: refusal, says: "“Not now.”"},
		{name: "429 with seconds", far: server(says(429, `{}`, "Retry-After", "90")), page: slowDown, after: `^(90|[1-8]\d)$`, lead: `try again in \d+ seconds`},
		{name: "429 with a date", far: date, page: slowDown, after: `^(3000|2[5-9]\d\d)$`},
		{name: "429 with 3600", far: server(says(429, `{}`, "Retry-After", "3600")), page: slowDown, after: `^3(600|[0-5]\d\d)$`},
		{name: "429 for the hour", far: server(says(429, `{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"The hour is used up."}}`)), page: slowDown, says: "“The hour is used up.” Please try again in up to an hour."},
		{name: "429 with garbage", far: server(says(429, `{}`, "Retry-After", "soon")), page: slowDown},
		{name: "429 with nothing", far: server(says(429, ``)), page: slowDown},
		{name: "500", far: server(says(500, `panic in secret.php`)), page: itsProblem, carries: either, alone: true, lead: `\(500\)`},
		{name: "502, the write not carried out", far: server(says(502, html)), page: itsProblem, lead: `\(502\)`},
		{name: "502 after the write was executed", far: server(says(502, html)), page: itsProblem, carries: surely},
		{name: "503 with Retry-After", far: server(says(503, ``, "Retry-After", "1")), page: itsProblem, carries: either, after: `^1$`, lead: `\(503\)`},
		{name: "504", far: server(says(504, html)), page: itsProblem, carries: either},
	}
}
