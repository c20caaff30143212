package handlers

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A device is where somebody signed in, as it is shown on the list of sign-ins.
type device struct {
	Name, Email string
	Address     string // of the network
	Browser     string // such as "Firefox on Linux"
}

// noteSignIn lists the session, which has just been saved, in each organisation that it has entered.
func (req *request) noteSignIn() error {
	for _, who := range req.session.data.everywhere() {
		details, err := json.Marshal(device{who.Name, who.Email, req.RealIP(), browserOf(req.Request().UserAgent())})
		if err != nil {
			return err
		}
		if err := req.app.Sessions.Enter(req.ctx(), req.session.raw, string(who.Organisation.ID), string(who.UserID), details); err != nil {
			return fmt.Errorf("listing the sign-in: %w", err)
		}
	}
	return nil
}

// browserOf names a browser and its system from what it says of itself; "" for one that is not known.
func browserOf(userAgent string) string {
	find := func(names ...string) string { // pairs of what to look for and what to call it
		for i := 0; i < len(names); i += 2 {
			if strings.Contains(userAgent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	// The order matters: each says that it is also those that come after it.
	browser := find("Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	system := find("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	if browser == "" || system == "" {
		return browser + system
	}
	return browser + " on " + system
}
