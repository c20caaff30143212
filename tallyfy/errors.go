package tallyfy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Error is what every failed call returns. No part of it holds the token.
type Error struct {
	// Status is the answer's HTTP status, 0 when there was no answer. A 2xx status means that the
	// answer could not be read, or that it told of a failure: see [IsRefused].
	Status int
	// Message is the service's own sentence, or a phrase of ours. It is plain text: escape it.
	Message string
	// FromService says that Message is the service's own sentence.
	FromService bool
	// Fields holds messages by field, as a 422 has them. Nested names are joined, like "members.0".
	// The key "" is for messages that name no field.
	Fields map[string][]string
	// Code is the service's own, like "SEAT_POOL_EXHAUSTED"; often empty.
	Code string
	// Pool is the pool without a free seat, "full" or "light"; "" for other errors, or when not
	// said.
	Pool string
	// RequestID is the answer's X-Request-Id, "" when it had none.
	RequestID string
	// RetryAfter is how long the service asks to wait; 0 when it did not say.
	RetryAfter time.Duration
	Method     string
	// Path is the escaped path below the base URL, without host and query.
	Path string
	// Err is the cause when there was no answer, or none that could be read.
	Err error

	unsent      bool // the request cannot have reached the service
	notAdmitted bool // refused by a Limiter
	broken      bool // no answer, or the connection failed in the middle of it
	refused     bool // the answer tells of a failure, whatever its status
}

// codeHourlyCap is the documented code of the hourly cap of an organisation, which no short wait
// ends.
const codeHourlyCap = "RATE_LIMIT_EXCEEDED"

// mailAddress matches the address of somebody. The service repeats those of guests, as in "Guest not
// found with email: ann@x.test" (documented).
var mailAddress = regexp.MustCompile(`[^\s@<>"'(),:;]+@[^\s@<>"'(),:;]+`)

// Error returns one line for logs, without anybody's address. It is no text for a page.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "tallyfy: %s %s: ", e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, "%d: ", e.Status)
	}
	b.WriteString(e.Message)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " (code %s)", e.Code)
	}
	if e.Pool != "" {
		fmt.Fprintf(&b, " (pool %s)", e.Pool)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request id %s)", e.RequestID)
	}
	return mailAddress.ReplaceAllString(b.String(), "[address]")
}

// Unwrap returns the cause, which may be a context's error.
func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether time ran out before the answer was complete. A 504 is an answer, and so
// not meant.
func (e *Error) Timeout() bool { return e.Err != nil && isTimeout(e.Err) }

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &n) && n.Timeout())
}

func hasStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

// IsUnauthorized reports a 401 about the token: it is missing, unknown, expired, or revoked by
// signing out of Tallyfy.
func IsUnauthorized(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusUnauthorized && e.aboutToken()
}

// IsDenied reports a 401 that names another reason than the token, like "Saml Is Not Enabled In
// this Organization" (seen in the vendor's client). The token is good, and a new one would meet
// the same.
func IsDenied(err error) bool { return hasStatus(err, http.StatusUnauthorized) && !IsUnauthorized(err) }

// tokenWords matches the texts of a 401 about the token. The bare "Unauthorized" names no other reason.
var tokenWords = regexp.MustCompile(`(?i)^unauthori[sz]ed\W*$|unauthenticated|token|expired|revoked|credential|\blog ?in|\bsign ?in|^permission denied\. error code`)

// aboutToken tells the two kinds of a 401 apart. One without a text is about the token.
func (e *Error) aboutToken() bool { return !e.FromService || tokenWords.MatchString(e.Message) }

// IsRefused reports that the service refused the call: a 4xx, or a 2xx whose body tells of a
// failure, like {"error": "Not now"} or {"success": false}.
func IsRefused(err error) bool {
	var e *Error
	return errors.As(err, &e) && !e.unsent && (e.refused || e.Status >= 400 && e.Status <= 499)
}

// IsForbidden reports a 403: the role or the plan does not allow the call.
func IsForbidden(err error) bool { return hasStatus(err, http.StatusForbidden) }

// IsNotFound reports a 404, whoever it is from; see [IsGone].
func IsNotFound(err error) bool { return hasStatus(err, http.StatusNotFound) }

// codeNoRoute is the code of a 404 about the address, whatever it names (documented: Open API).
const codeNoRoute = "ENDPOINT_NOT_FOUND"

// IsGone reports that the service says there is no such thing. A 404 without its words may be that
// of a proxy on the way, and proves nothing.
func IsGone(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound && e.FromService && e.Code != codeNoRoute
}

// IsConflict reports a 409.
func IsConflict(err error) bool { return hasStatus(err, http.StatusConflict) }

// codeNoSeat is the code of a refusal for want of a seat, flat or nested (seen in the vendor's clients).
const codeNoSeat = "SEAT_POOL_EXHAUSTED"

// IsNoSeat reports a 409 because no seat is free. The pool is that of the error, "" when the service did not say it.
func IsNoSeat(err error) (pool string, ok bool) {
	var e *Error
	ok = errors.As(err, &e) && e.Status == http.StatusConflict && (e.Pool != "" || e.Code == codeNoSeat)
	if !ok {
		return "", false
	}
	return e.Pool, true
}

// IsValidation reports a 422; see [FieldErrors].
func IsValidation(err error) bool { return hasStatus(err, http.StatusUnprocessableEntity) }

// IsRateLimited reports a 429, also one that was not repeated to the service because an earlier
// one still holds, and one of [IsNotAdmitted].
func IsRateLimited(err error) bool { return hasStatus(err, http.StatusTooManyRequests) }

// IsHourlyCap reports a 429 for the hourly cap of an organisation, which no short wait ends
// (documented by its code).
func IsHourlyCap(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusTooManyRequests && e.Code == codeHourlyCap
}

// IsNotAdmitted reports a 429 that is not the service's: a [Limiter] did not let the call through.
func IsNotAdmitted(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.notAdmitted
}

// FieldErrors returns the messages by field, nil when there are none.
func FieldErrors(err error) map[string][]string {
	var e *Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// RetryAfter returns how long the service asks to wait, and whether it did.
func RetryAfter(err error) (time.Duration, bool) {
	var e *Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		return e.RetryAfter, true
	}
	return 0, false
}

// RequestID returns the service's request id, "" when there is none.
func RequestID(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.RequestID
	}
	return ""
}

// MayHaveHappened reports, for the error of a write, whether the service may have carried the
// write out all the same.
//
// It is false for nil and for a refusal (see [IsRefused]): any 4xx, for a 429 was never executed
// (seen in the vendor's client), and a 2xx that tells of a failure. A service that can contradict
// itself so may still have done the write: a caller that can look does. It is false, too, when the
// request cannot have left: a failed dial, name resolution or TLS handshake, a context that had
// ended before, a refusal on our side.
//
// It is true for a 5xx, a redirect, a time-out or broken connection after the request could have
// left, an answer of success that cannot be read, and any error that is not an [Error].
func MayHaveHappened(err error) bool {
	if err == nil {
		return false
	}
	var e *Error
	return !errors.As(err, &e) || !e.unsent && !IsRefused(err)
}
