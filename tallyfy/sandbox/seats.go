package sandbox

import "net/http"

// pool is the seat pool of a role.
func pool(role string) string {
	if role == roleLight {
		return "light"
	}
	return "full"
}

// takesSeat reports whether somebody takes a seat: from the invitation on, and never a bot.
func (m *member) takesSeat() bool { return m.status != statusDisabled && !m.isBot() }

// refuseSeat refuses when the pool of a role has no free seat.
func (s *Server) refuseSeat(o *organisation, role string) (answer, bool) {
	limit, used := s.options.FullSeats, 0
	if role == roleLight {
		limit = s.options.LightSeats
	}
	for _, m := range o.members {
		if m.takesSeat() && pool(m.role) == pool(role) {
			used++
		}
	}
	if o != s.main || limit == 0 || used < limit {
		return answer{}, false
	}
	w := seatsWire{
		Code: "SEAT_POOL_EXHAUSTED", Message: "Your organization has reached its committed " + pool(role) + " seat limit.",
		Details: map[string]string{"pool_type": pool(role)},
	}
	if s.options.FlatErrors {
		return answer{status: http.StatusConflict, body: flatSeatsBody{Error: true, seatsWire: w}}, true
	}
	return answer{status: http.StatusConflict, body: seatsBody{w}}, true
}
