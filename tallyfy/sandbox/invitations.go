package sandbox

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// documentedInvites is how many invitations may be sent in a day, about (documented).
	documentedInvites = 10
	// maxPersonName and maxInvitation are the longest names and messages of an invitation, in characters
	// (documented).
	maxPersonName, maxInvitation = 32, 5000
)

var tooManyInvites = namedAnswers[DailyCap].answer()

// inviteMember makes an invited member, who takes a seat from that moment. What a second invitation of the same person answers
// is not documented: it is refused as a member's address is.
func (s *Server) inviteMember(c *call) answer {
	p := c.parameters()
	f, refusal := c.fields("email", "first_name", "last_name", "role", "message")
	if refusal != nil {
		return *refusal
	}
	email := c.newEmail(&f, "The email has already been taken.")
	role, message := f.text("role"), f.text("message")
	if role != "" && roleNames[role] == "" {
		f.problems.add("role", "The selected role is invalid.")
	}
	if utf8.RuneCountInString(message) > maxInvitation {
		f.problems.add("message", "The message may not be greater than %d characters.", maxInvitation)
	}
	first, last := f.personName("first_name"), f.personName("last_name")
	today := c.now.Format(time.DateOnly)
	switch {
	case len(p.problems) > 0:
		return p.problems.answer()
	case len(f.problems) > 0:
		return f.problems.answer()
	case c.org.invited[today] >= s.options.InvitesADay:
		return tooManyInvites
	}
	if a, refused := s.refuseSeat(c.org, role); refused {
		return a
	}
	c.org.invited[today]++
	m := &member{
		id: c.org.nextMemberID(), email: email, firstName: first, lastName: last, role: role, status: statusInvited,
		timezone: "UTC", invitedBy: c.caller.id, createdAt: c.now, updatedAt: c.now,
	}
	c.org.addMember(m)
	c.noteMember(verbInvited, m)
	return item(c.member(m, nil))
}

// isURL matches what the service takes for an address in a name.
var isURL = regexp.MustCompile(`(?i)://|\bwww\.|\b[a-z0-9-]+\.(com|net|org|io|co)\b`)

func (f fields) personName(name string) string {
	text := f.text(name)
	label := strings.ReplaceAll(name, "_", " ")
	if utf8.RuneCountInString(text) > maxPersonName {
		f.problems.add(name, "The %s may not be greater than %d characters.", label, maxPersonName)
	}
	if isURL.MatchString(text) {
		f.problems.add(name, "The %s may not be a URL.", label)
	}
	return text
}

func (o *organisation) nextMemberID() int {
	id := 0
	for _, m := range o.members {
		id = max(id, m.id)
	}
	return id + memberIDStep
}

func (n namedAnswer) answer() answer {
	return answer{status: n.status, header: n.header, raw: func() []byte { return []byte(n.body) }}
}

// AcceptInvitation makes an invited member of the main organisation active, as following the link in the mail does. It reports whether
// there was one.
func (s *Server) AcceptInvitation(email string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.main.memberByEmail(email)
	if m == nil || m.status != statusInvited {
		return false
	}
	m.status, m.kind, m.activatedAt, m.updatedAt = statusActive, kindStandard, s.now(), s.now()
	s.main.note(verbAccepted, ofMember, strconv.Itoa(m.id), m, s.now())
	return true
}

// WithdrawInvitation takes an invited person out of the main organisation, as Tallyfy's own pages do. It reports whether there was one.
func (s *Server) WithdrawInvitation(email string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.main.memberByEmail(email)
	if m == nil || m.status != statusInvited {
		return false
	}
	s.main.forget(m)
	return true
}
