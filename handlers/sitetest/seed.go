package sitetest

import (
	"strconv"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// Member finds somebody of the seed by the part of the address before the @.
func (s *Site) Member(name string) sandbox.Member {
	s.T.Helper()
	m, ok := s.Sandbox.MemberByEmail(name + "@example.com")
	require.True(s.T, ok, name)
	return m
}

// Group finds a group of the seed by its name.
func (s *Site) Group(name string) sandbox.Group {
	s.T.Helper()
	g, ok := s.Sandbox.GroupByName(name)
	require.True(s.T, ok, name)
	return g
}

// Exists reports whether Tallyfy still has the group.
func (s *Site) Exists(name string) bool { _, ok := s.Sandbox.GroupByName(name); return ok }

// ID is a member's id as addresses and forms have it.
func (s *Site) ID(name string) string { s.T.Helper(); return strconv.Itoa(s.Member(name).ID) }

// MemberPath is the page of somebody of the seed.
func (s *Site) MemberPath(name string) string { s.T.Helper(); return "/members/" + s.ID(name) }

// RemovePath is the wizard's first step.
func (s *Site) RemovePath(name string) string { s.T.Helper(); return s.MemberPath(name) + "/remove" }

// PlanPath is the wizard's third step; to is somebody of the seed, or "leave".
func (s *Site) PlanPath(name, to string) string {
	s.T.Helper()
	if to != "leave" {
		to = s.ID(to)
	}
	return s.RemovePath(name) + "/plan?to=" + to
}

// GroupPath is the page of a group of the seed.
func (s *Site) GroupPath(name string) string { s.T.Helper(); return "/groups/" + s.Group(name).ID }

// DeletePath is the page that asks whether to delete a group.
func (s *Site) DeletePath(name string) string { s.T.Helper(); return s.GroupPath(name) + "/delete" }

// Plural is a number with its noun.
func Plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
