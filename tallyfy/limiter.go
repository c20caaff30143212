package tallyfy

import (
	"context"
	"net/http"
	"time"
)

// A Limiter decides when attempts are sent, and learns from what becomes of them. It must be safe for concurrent use.
type Limiter interface {
	// Wait returns when the attempt may be sent. An error is why it must not be: the context's own, or an *[Error] that the call
	// fails with ([NotAdmitted], or one for an earlier 429). paused is the part of the wait that an earlier 429 has caused.
	Wait(ctx context.Context, c Call) (paused time.Duration, err error)
	// Observe is told of each attempt after it has ended.
	Observe(c Call)
}

// NotAdmitted is the error of a call that a [Limiter] keeps from being sent because too many others are waiting. Its turn would
// come after that time. [IsNotAdmitted] tells it from a 429 of the service.
func NotAdmitted(after time.Duration) *Error {
	return &Error{Status: http.StatusTooManyRequests, Message: "Too many calls are waiting for their turn.", RetryAfter: after, notAdmitted: true}
}
