package bulk_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

func TestWhomALineMeans(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	payroll := func(w *bulk.Wish) { w.Groups = []tallyfy.ID{tallyfy.ID(d.group("Payroll").ID)} }
	p := d.plan(bulk.AddToGroups, "noor.vandermeer@example.com\nCHIARA.dangelo@EXAMPLE.com\nvan der Meer, Noor\nAnna Kowalska\n20604\nchiara.dangelo@exmple.com\nsomebody@else.example\n"+
		"bram@tyres.example.com\ngareth.pugh@example.com\nLena Fischbacher\nassistant.bot@example.com", payroll)
	assert.Equal(t, []string{
		"Noor van der Meer, Payroll: waiting not in it → in it The open tasks of Payroll could not be counted. If there are any, the new guests can work on them.",
		"Chiara D'Angelo, Payroll: nothing to do Is in the group already.",
		"Noor van der Meer, Payroll: nothing to do The same as line 1.",
		"Anna Kowalska, Payroll: can't Several are called “Anna Kowalska”: anna.kowalska@example.com and a.kowalska@example.com. Give the address.",
		"Anna Kowalska, Payroll: waiting not in it → in it",
		"chiara.dangelo@exmple.com, Payroll: can't Nobody here has the address “chiara.dangelo@exmple.com”. Similar: chiara.dangelo@example.com.",
		"somebody@else.example, Payroll: can't Nobody here has the address “somebody@else.example”.",
		"bram@tyres.example.com, Payroll: waiting not in it → in it",
		"Gareth Pugh, Payroll: can't Is disabled.",
		"Lena Fischbacher, Payroll: can't Has not accepted the invitation yet.",
		"Aldermoor Assistant, Payroll: can't A bot can't be added.",
	}, read(p.Rows))

	p = d.plan(bulk.AddToGroups, "Id,Email,Name\n20565,noor.vandermeer@example.com,\n20565,,x\n404,,\n404,noor.vandermeer@example.com,\n20565,bram@tyres.example.com,\n,,Tomás Herrera\n,,\"Herrera, Tomas\"\n", payroll)
	assert.Equal(t, []string{
		"noor.vandermeer@example.com 20565, Payroll: can't The id is that of Chiara D'Angelo, the address is not.",
		"Chiara D'Angelo, Payroll: nothing to do Is in the group already.",
		"404, Payroll: can't Nobody here has the id “404”.",
		"noor.vandermeer@example.com 404, Payroll: can't The address is that of Noor van der Meer, the id is not.",
		"bram@tyres.example.com, Payroll: waiting not in it → in it The open tasks of Payroll could not be counted. If there are any, the new guests can work on them.",
		"Tomás Herrera, Payroll: waiting not in it → in it",
		"Tomás Herrera, Payroll: nothing to do The same as line 7.",
	}, read(p.Rows))
}

// Rows of one group are one write, in the order in which the groups are first named.
func TestGroupsThatLinesName(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.AddToGroups, "Email,Groups\nnoor.vandermeer@example.com,Legal; finance\nkwame.asante@example.com,Nope | Legal\nkwame.asante@example.com,\n")
	assert.Equal(t, []string{
		"Noor van der Meer, Legal: waiting not in it → in it",
		"Noor van der Meer, Finance: waiting not in it → in it",
		"Kwame Asante, Nope: can't There is no group “Nope”.",
		"Kwame Asante, Legal: waiting not in it → in it",
		"Kwame Asante: can't No group is named.",
	}, read(p.Rows))
	assert.Equal(t, []int{1, 2, 0, 1, 0}, []int{p.Rows[0].Step, p.Rows[1].Step, p.Rows[2].Step, p.Rows[3].Step, p.Rows[4].Step})
	assert.Equal(t, 3, count(p.Rows, bulk.Waiting))

	p = d.plan(bulk.RemoveFromGroups, "Email,Groups\nnoor.vandermeer@example.com,Legal\n20539,Payroll\nchiara.dangelo@example.com,Payroll\nmehmet@broker.example.com,Customs and Compliance\n")
	assert.Equal(t, []string{
		"Noor van der Meer, Legal: nothing to do Is not in the group.",
		"Tomás Herrera, Payroll: nothing to do Is not in the group.",
		"Chiara D'Angelo, Payroll: waiting in it → not in it Nobody is left in Payroll: work that is assigned to the group reaches no one then.",
		"mehmet@broker.example.com, Customs and Compliance: waiting in it → not in it",
	}, read(p.Rows))
}

// Each removal is looked at as if those above it had been carried out.
func TestRemovals(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.RemoveMembers, "Person,Successor\ningrid.solheim@example.com,maren.dahl@example.com\nmaren.dahl@example.com,nobody\nkwame.asante@example.com,viktor.ionescu@example.com\n"+
		"viktor.ionescu@example.com,Maren Dahl\ngareth.pugh@example.com,nobody\nTomás Herrera,nobody\nnoor.vandermeer@example.com,\nchiara.dangelo@example.com,chiara.dangelo@example.com\n"+
		"zoe.lindqvist@example.com,Lena Fischbacher\nyuki.tanabe@example.com,nobody\nyuki.tanabe@example.com,maren.dahl@example.com\nsamuel.okafor@example.com,nobody\nsamuel.okafor@example.com,nobody\n")
	assert.Equal(t, []string{
		"Ingrid Solheim: can't Ingrid Solheim is the default administrator. Choose another one in Tallyfy under Settings, Organization, Members. Then come back to this page.",
		"Maren Dahl: can't This is your own account. You can't remove yourself. Ask another administrator.",
		"Kwame Asante: can't Viktor Ionescu is to be removed, too, and can't take over.",
		"Viktor Ionescu: waiting active → removed, the work goes to Maren Dahl",
		"Gareth Pugh: nothing to do Gareth Pugh is already disabled.",
		"Tomás Herrera: waiting active → removed, the work stays in their name",
		"Noor van der Meer: can't It is not said who takes over the work. Choose somebody for all, or give a column “successor”.",
		"Chiara D'Angelo: can't Nobody can take over from themselves.",
		"Zoë Lindqvist: can't Lena Fischbacher can't take over: only active members can, and no bots.",
		"Yuki Tanabe: can't Line 12 says something else.",
		"Yuki Tanabe: can't Line 11 says something else.",
		"Samuel Okafor: waiting active → removed, the work stays in their name",
		"Samuel Okafor: nothing to do The same as line 13.",
	}, read(p.Rows))

	// Bram is known by two, Claudia by Søren alone.
	for lines, want := range map[string][]string{
		"soren.kjaergaard@example.com":                          {"Søren Kjærgaard: waiting active → removed, the work stays in their name; nobody else knows 1 guest: Claudia Stemmler"},
		"emre.yildiz@example.com":                               {"Emre Yıldız: waiting active → removed, the work stays in their name"},
		"soren.kjaergaard@example.com\nemre.yildiz@example.com": {"Søren Kjærgaard: waiting active → removed, the work stays in their name; nobody else knows 2 guests: Bram Verhoeven and Claudia Stemmler", "Emre Yıldız: waiting active → removed, the work stays in their name; nobody else knows 1 guest: Bram Verhoeven"},
	} {
		p := d.plan(bulk.RemoveMembers, lines, func(w *bulk.Wish) { w.To = removal.LeaveWork })
		for i, text := range read(p.Rows) {
			text, _, _ = strings.Cut(text, " Left in ")
			assert.Equal(t, want[i], text)
		}
		says := strings.Contains(strings.Join(p.Notes, " "), " any more, as the rows say. A removal hands no guest over")
		assert.Equal(t, strings.Contains(want[0], "nobody else knows"), says)
	}

	board := d.group("Facilities").Members
	lines := strconv.Itoa(board[0]) + "\n" + strconv.Itoa(board[1])
	all := read(d.plan(bulk.RemoveMembers, lines, func(w *bulk.Wish) { w.To = removal.LeaveWork }).Rows)
	require.Len(t, all, 2)
	assert.Contains(t, all[0], "Left in Facilities: one active member: ")
	assert.Contains(t, all[1], "Left in Facilities: no members, only guests.")
}

func TestNewGroups(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.CreateGroups, "Name;Description;Members;Guests\nDepot;Of the depot.;noor.vandermeer@example.com, Chiara D'Angelo;bram@tyres.example.com\nDEPOT;Twice;;\nPayroll;x;;\n;x;;\nYard;;;\n"+
		"Gate;x;gareth.pugh@example.com;\nQuay;x;12;\nPier;x;bram@tyres.example.com;\nDock;x;;nobody@x.example\n")
	assert.Equal(t, []string{
		"Depot: waiting no group → a group with 2 members and 1 guest", "DEPOT: can't Line 2 makes a group of that name.", "Payroll: can't There is a group of that name already.",
		"Line 5: can't The group needs a name.", "Yard: can't Enter a description. Tallyfy requires one.", "Gate: can't Gareth Pugh: is disabled.", "Quay: can't Nobody here is called “12”.",
		"Pier: can't “bram@tyres.example.com” is a guest, not a member.", "Dock: can't Nobody here has the address “nobody@x.example”.",
	}, read(p.Rows))
}

// What frees a seat goes first, and a role that somebody has is nothing to do.
func TestRoles(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.ChangeRole, "Email,Role,Reason\nnoor.vandermeer@example.com,Standard,\ntomas.herrera@example.com,light,\nchiara.dangelo@example.com,Administrator,\nyuki.tanabe@example.com,admin,\"Runs the office, now\"\n"+
		"zoe.lindqvist@example.com,standard,\nmaren.dahl@example.com,light,\ningrid.solheim@example.com,standard,\nassistant.bot@example.com,light,\nkwame.asante@example.com,owner,\nhugo.marchetti@example.com,standard,\n")
	assert.Equal(t, []string{
		"Noor van der Meer: waiting Light → Standard", "Tomás Herrera: waiting Standard → Light", "Chiara D'Angelo: can't Say why. The reason is kept with the change.",
		"Yuki Tanabe: waiting Standard → Administrator", "Zoë Lindqvist: nothing to do Has that role already.",
		"Maren Dahl: can't This is your own account. You would lose the right to undo it. Ask another administrator to change your role.",
		"Ingrid Solheim: can't Ingrid Solheim is the default administrator. Choose another one in Tallyfy under Settings, Organization, Members. Then come back to this page.",
		"Aldermoor Assistant: can't Aldermoor Assistant is a bot. Tallyfy does not change the roles of bots.",
		"Kwame Asante: can't The role is not given: administrator, standard or light.", "Hugo Marchetti: waiting Light → Standard",
	}, read(p.Rows))
	assert.Equal(t, []string{"This takes 2 full seats. Tallyfy's interface does not say how many seats are free. What finds no seat waits, and the rest goes on."}, p.Notes)
	var order []int
	for _, r := range p.Rows {
		order = append(order, r.Step)
	}
	assert.Equal(t, []int{6, 5, 0, 7, 0, 0, 0, 0, 0, 8}, order)
}

func TestDisabling(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.Disable, "noor.vandermeer@example.com\ngareth.pugh@example.com\nlena.fischbacher@example.com\nmaren.dahl@example.com")
	assert.Equal(t, []string{
		"Noor van der Meer: waiting active → disabled", "Gareth Pugh: nothing to do Gareth Pugh is already disabled.",
		"Lena Fischbacher: can't Lena Fischbacher has not accepted the invitation yet. Withdraw the invitation in Tallyfy under Settings, Organization, Members.",
		"Maren Dahl: can't This is your own account. Disabling it would end this session half-way. Ask another administrator.",
	}, read(p.Rows))
}

func TestEnabling(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.Enable, "gareth.pugh@example.com\nnoor.vandermeer@example.com\nlena.fischbacher@example.com\nassistant.bot@example.com\nGareth Pugh\nnobody@x.example")
	assert.Equal(t, []string{
		"Gareth Pugh: waiting disabled → active, in the groups that Tallyfy puts them back in",
		"Noor van der Meer: nothing to do Noor van der Meer is active already.",
		"Lena Fischbacher: can't Lena Fischbacher has not accepted the invitation yet. There is nothing to bring back: the invitation is still open.",
		"Aldermoor Assistant: can't Aldermoor Assistant is a bot. Tallyfy does not change bots.",
		"Gareth Pugh: nothing to do The same as line 1.",
		"nobody@x.example: can't Nobody here has the address “nobody@x.example”.",
	}, read(p.Rows))
	require.Len(t, p.Notes, 2)
	assert.Regexp(t, "^This takes 1 (full|Light) seat\\. ", p.Notes[0])
	assert.Contains(t, p.Notes[1], "Tallyfy puts people back in groups by itself, and mails each of them. No group is changed from here")
	assert.Equal(t, []int{1, 2}, []int{p.Writes, p.Reads})
}

// The calls of a job are said before it starts: two reads of each group, and one of each person, or
// of the whole list.
func TestCallsOfAJob(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	legal := func(w *bulk.Wish) {
		w.Groups = []tallyfy.ID{tallyfy.ID(d.group("Legal").ID), tallyfy.ID(d.group("Payroll").ID)}
	}
	p := d.plan(bulk.AddToGroups, "noor.vandermeer@example.com\nkwame.asante@example.com\nnoor.vandermeer@example.com\nguest@x.example", legal)
	assert.Equal(t, [2]int{2, 4 + 1}, [2]int{p.Writes, p.Reads}, "one read brings all members")
	p = d.plan(bulk.RemoveFromGroups, "noor.vandermeer@example.com", legal)
	assert.Zero(t, p.Reads)
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.Invite, "Email;First name;Last name;Role;Groups\nada@new.example;Ada;Byron;Light;Legal | Quality\nbo@new.example;Bo;Ek;;\nno;X;Y;;\nchiara.dangelo@example.com;C;D;;\ngareth.pugh@example.com;G;P;;\n"+
		"lena.fischbacher@example.com;L;F;;\nbram@tyres.example.com;B;T;;\nADA@new.example;Ada;Byron;light;\ncy@new.example;www.x.com;Z;;\ndi@new.example;Di;Da;;Nope\n",
		func(w *bulk.Wish) { w.Role, w.Message = tallyfy.RoleStandard, "Welcome." })
	assert.Equal(t, []string{
		"Ada Byron: waiting not here → invited as light, planned for 2 groups", "Bo Ek: waiting not here → invited as standard", "X Y: can't This is not one email address, such as name@example.com.",
		"C D: nothing to do Chiara D'Angelo is a member already.", "G P: can't Gareth Pugh is a member who was disabled. Bring the person back instead.",
		"L F: nothing to do Lena Fischbacher is invited already. The invitation can be sent again or withdrawn in Tallyfy.",
		"B T: can't bram@tyres.example.com is a guest. Make the guest a member in Tallyfy under Settings, Guests: that keeps the tasks.",
		"Ada Byron: nothing to do The same as line 2.", "www.x.com Z: can't Tallyfy takes no web address as a name.", "Di Da: can't There is no group “Nope”, or there are several.",
	}, read(p.Rows))
	assert.Equal(t, []string{"This takes 1 full seat and 1 Light seat. Tallyfy's interface does not say how many seats are free. What finds no seat waits, and the rest goes on."}, p.Notes)
}

// A guest who was removed, whom Tallyfy may still list, can be invited.
func TestARemovedGuestIsInvited(t *testing.T) {
	t.Parallel()
	o := newDesk(t, "memory:").organisation()
	for _, g := range o.Guests.Items {
		g.DeletedAt = tallyfy.Time{Time: time.Now()}
	}
	kind := bulk.KindOf(bulk.Invite)
	sheet, problems := bulk.ReadText("Email;First name;Last name\nbram@tyres.example.com;B;T\n", kind)
	require.Empty(t, problems)
	p := o.Plan(bulk.Wish{Kind: kind, Sheet: sheet, Role: tallyfy.RoleStandard, Message: "Welcome."})
	assert.Equal(t, []string{"B T: waiting not here → invited as standard"}, read(p.Rows))
}
