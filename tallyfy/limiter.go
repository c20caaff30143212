package tallyfy

import (
	"context"
	"net/http"
	"time"
)

// A Limiter decides when attempts are sent, and learns from what becomes of them. It must be safe
// for concurrent use.
type Limiter interface {
	// Wait waits until the attempt may be sent. paused is the part of the wait that an earlier 429
	// has caused. An error means that the attempt must not be sent: the context's own, or an
	// *[Error] ([NotAdmitted], or one for an earlier 429), which becomes that of the call.
	Wait(ctx context.Context, c Call) (paused time.Duration, err error)
	// Observe is told of each attempt after it has ended.
	Observe(c Call)
}

// NotAdmitted is the error of a call that a [Limiter] refuses because too many others are waiting:
// its turn would come after that time. [IsNotAdmitted] tells it from a 429 of the service.
func NotAdmitted(after time.Duration) *Error {
	return &Error{Status: http.StatusTooManyRequests, Message: "Too many calls are waiting for their turn.", RetryAfter: after, notAdmitted: true}
}
