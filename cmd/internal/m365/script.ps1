<#
.SYNOPSIS
    Connectors and mail flow rules of Exchange Online for sigmilter.
.DESCRIPTION
    Written by "sigmilter m365 script" from the configuration; write it again when that changes. It may be run any number of
    times: what is right is left as it is. It changes nothing but objects of its own, which it knows by their comment, the
    IP allow list, which it adds to, and what -NoRichText says. The exit status is 0 when all is as wanted.

    -Status       tells what is there, what differs and what to look at; done by default. With -SecretFile it compares the
                  routing code too, with -Live the routing rule must be on. -Validate ADDRESS has a test message sent there.
    -Create       makes or mends what -Status names. The routing rule is made switched off.
      -SecretFile FILE   its first line is the routing code; else it is asked for
      -PilotGroup GROUP  name, alias or address: only mail of its members; -Everyone lifts that
      -Live              allows changes of what is routed, and where to, while the rule is on
      -Adopt             takes over what was made under another name or key of the tenant
      -Exclude           leaves out rooms, equipment, Microsoft 365, moderated and closed groups; later runs keep that up to date
      -NoRichText        switches TNEF (winmail.dat) off for the remote domain "Default"
    -Pause, -Resume      switch the rules off and on
    -Remove       removes the routing rule; -Remove -Drained, hours later, the rest, despite pending mail with -DespitePending
    -WhatIf       says what would be done; -PassThru returns objects instead of text

    Signing in: -Connected uses the session that is there, -Device a code on another device. Unattended: -Organization
    contoso.onmicrosoft.com with -ManagedIdentity, or with -AppId and -CertificateThumbprint (Windows) or -CertificateFile and
    -CertificatePasswordFile. -DelegatedOrganization: a partner's customer. -Environment: another cloud, such as O365USGovGCCHigh.
.EXAMPLE
    ./sigmilter.ps1 -Create -SecretFile contoso.code -PilotGroup pilot@contoso.com
#>
[CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
param(
    [switch] $Status, [string] $Validate, [switch] $Create, [string] $SecretFile, [string] $PilotGroup, [switch] $Everyone,
    [switch] $Live, [switch] $Adopt, [switch] $Exclude, [switch] $NoRichText, [switch] $Pause, [switch] $Resume,
    [switch] $Remove, [switch] $Drained, [switch] $DespitePending, [switch] $PassThru, [switch] $Connected, [switch] $Device,
    [string] $AppId, [string] $Organization, [string] $CertificateThumbprint, [string] $CertificateFile,
    [string] $CertificatePasswordFile, [switch] $ManagedIdentity, [string] $DelegatedOrganization, [string] $Environment = 'O365Default'
)
# All runs in a scope of its own, so that a call with a dot leaves nothing behind.
& { param($Given)
Set-StrictMode -Version 2.0; $ErrorActionPreference = 'Stop'

#SETTINGS#
# What this run has found out, and what became of it.
$Run = @{
    Verb = 'Status'; Secret = ''; Excluded = $null; Groups = @{}; Before = $null; RouteIsOn = $false; GuardMoves = $false
    OwnOutbound = @(); States = @(); Steps = @(); Failed = $false
}
# What is given with which of the five; everything else goes with all.
$Options = @{
    Status = @('Validate', 'SecretFile', 'Live'); Pause = @(); Resume = @(); Remove = @('Drained', 'DespitePending')
    Create = @('SecretFile', 'PilotGroup', 'Everyone', 'Live', 'Adopt', 'Exclude', 'NoRichText')
}

# ---- what is wanted ----
$RouteName = $Setup.Name + ' route'
$KindWords = @{ InboundConnector = 'Inbound connector'; OutboundConnector = 'Outbound connector'; TransportRule = 'Rule' }
# The comment by which the script knows what it made, whatever its name. What somebody writes behind it stays.
$MarkStart = 'Made by sigmilter m365 script for tenant '
function Get-Mark($Role) { return ($MarkStart + $Setup.Tenant + ' [' + $Role + ']') }
# For a connector of this type the certificate's name decides, RequireTls says what is meant.
# CloudServicesMailEnabled keeps Exchange's own fields on the way: internal mail stays internal.
$WantedInbound = @{
    Enabled = $true; ConnectorType = 'OnPremises'; SenderDomains = '*'; RequireTls = $true; CloudServicesMailEnabled = $true
    TlsSenderCertificateName = $Setup.Certificate; Comment = Get-Mark 'inbound'
}
$WantedOutbound = @{
    Enabled = $true; ConnectorType = 'OnPremises'; IsTransportRuleScoped = $true; UseMXRecord = $false
    RouteAllMessagesViaOnPremises = $false; AllAcceptedDomains = $false; CloudServicesMailEnabled = $true
    SmartHosts = $Setup.Relays; TlsSettings = 'DomainValidation'; TlsDomain = $Setup.TlsDomain; Comment = Get-Mark 'outbound'
}
# What the script does not set, and what takes it away where somebody did.
$Unset = @{
    InboundConnector  = @{ AssociatedAcceptedDomains = $null; RestrictDomainsToIPAddresses = $false; SenderIPAddresses = $null }
    OutboundConnector = @{ RecipientDomains = $null; TestMode = $false; SenderRewritingEnabled = $false }
    TransportRule     = @{ ActivationDate = $null; ExpiryDate = $null }
}
# A rule has room for one type of message: each that must not travel has its own. It sets the guard field, which the route excepts.
$SkipTypes = [ordered]@{
    'skip automatic replies' = 'OOF'; 'skip rights management' = 'PermissionControlled'; 'skip encrypted mail' = 'Encrypted'
    'skip signed mail' = 'Signed'; 'skip voice mail' = 'Voicemail'; 'skip read receipts' = 'ReadReceipt'
    'skip approval requests' = 'ApprovalRequest'; 'skip recalls' = ''   # which have no type, but a field
}
$Skips = @($SkipTypes.Keys)
function Get-SkipSettings($Title, $Group) {
    $settings = @{
        FromScope = 'InOrganization'; FromMemberOf = $Group; Mode = 'Enforce'; Comments = Get-Mark $Title
        SetHeaderName = $Setup.GuardField; SetHeaderValue = 'Yes'
    }
    $recall = @{ HeaderContainsMessageHeader = 'X-MS-Exchange-RecallReportGenerated'; HeaderContainsWords = @('true', 'false') }
    return ($settings + $(if ($SkipTypes[$Title]) { @{ MessageTypeMatches = $SkipTypes[$Title] } } else { $recall }))
}
function Get-RouteSettings($Group) {
    $settings = @{
        FromScope = 'InOrganization'; FromMemberOf = $Group; Mode = 'Enforce'; StopRuleProcessing = $true
        RouteMessageOutboundConnector = $Setup.Outbound; RuleErrorAction = $Setup.RuleErrorAction
        ExceptIfHeaderContainsMessageHeader = $Setup.GuardField; ExceptIfHeaderContainsWords = 'Yes'
        ExceptIfMessageTypeMatches = 'Calendaring'; ExceptIfMessageSizeOver = $Setup.MaxSize
    }
    if ($Setup.RoutingField) { $settings['SetHeaderName'] = $Setup.RoutingField }
    return $settings
}

# ---- the service ----
$NeedsRole = 'The role Exchange Administrator may be missing, or Microsoft support must allow it.'
# What to do about an error of the service, by a word of it.
$Hints = @(
    @('AADSTS700027|certificate.*expired|expired.*certificate', 'The application''s certificate has expired: give it a new one.'),
    @('isn.t supported in this scenario', 'Give the application the role Exchange Administrator, and wait an hour.'),
    @('AADSTS', 'Signing in was refused: look up the code at https://login.microsoftonline.com/error.'),
    @('network password', 'This is not the password of the certificate file: see -CertificatePasswordFile.'),
    @('host is known|service not known|not be resolved|unreachable|actively refused|unable to connect',
        'No connection: this machine must reach outlook.office365.com and login.microsoftonline.com, port 443.'),
    @('is not recognized', 'Either there is no session (run it without -Connected), or the role is missing: Exchange Administrator.'),
    @('OrganizationCustomization', 'Run Enable-OrganizationCustomization once, wait an hour and run this again.'),
    @('access.*denied|isn.t within|not allowed|unauthorized|forbidden|(in|have )sufficient', $NeedsRole),
    @('priority is invalid', 'Somebody else changed the rules at the same time: run this again.'),
    @('already in use|already exists', 'Another object has this name: set microsoft365.name, and write the script again.'),
    @('used by a transport rule', 'A rule still routes mail by this connector: remove the rule first.'),
    @('maximum number of rules', 'Remove rules that are no longer needed: nine are made here.'),
    @('Server busy|\b429\b|too many requests|throttl', 'The service stayed busy: run this again later.')
)
$Busy = 'Server busy|\b429\b|\b503\b|too many requests|throttl|timed out|time-out|temporarily unavailable'
# The words of an error, in one line; and without names, which say nothing about it.
function Get-OneLine($Text) { return (([string]$Text).Trim() -replace '\s*[\r\n]+\s*', ' ') }
function Remove-Names($Text) { return ($Text -replace '"[^"]*"|\S+@\S+') }
function Get-Hint($Text) { foreach ($hint in $Hints) { if ((Remove-Names $Text) -match $hint[0]) { return (' ' + $hint[1]) } } }
# Calls a cmdlet of the service: a function of a module, which $ErrorActionPreference of a script does not reach. A busy
# service is asked again for at most four minutes.
function Invoke-Service([string] $Cmdlet, [hashtable] $With = @{}, [string] $Late = '') {
    $wait = 2; $until = [DateTime]::UtcNow.AddMinutes(4)
    while ($true) {
        try { return (& $Cmdlet @With -ErrorAction Stop -WarningAction Continue) }
        catch {
            $text = Get-OneLine $_.Exception.Message
            $again = ((Remove-Names $text) -match $Busy) -or ($Late -and ($text -match $Late))
            if ($text -match 'Retry-After:? *([0-9]+)') { $wait = [Math]::Max(1, [Math]::Min(120, [int]$Matches[1])) }
            if (-not $again -or ([DateTime]::UtcNow.AddSeconds($wait) -gt $until)) { throw ($Cmdlet + ': ' + $text + (Get-Hint $text)) }
        }
        Write-Host ($Cmdlet + ': no answer yet, asked again in ' + $wait + ' s: ' + $text)
        Start-Sleep -Seconds $wait; $wait = [Math]::Min(60, 2 * $wait)
    }
}
# What it returns, as a list without empty entries.
function Read-List($Cmdlet, [hashtable] $With = @{}) { return @(Invoke-Service $Cmdlet $With | Where-Object { $null -ne $_ }) }

# ---- reading ----
function Get-Value($Of, $Name) { if (($null -ne $Of) -and $Of.PSObject.Properties[$Name]) { return $Of.$Name } else { return $null } }
function Format-Value($Name, $Value) {   # a value as text, the same for what is given and for what Exchange Online shows.
    if ($null -eq $Value) { return '' }
    # Sizes are shown as "25 MB (26,214,400 bytes)", a domain of senders as "smtp:*;1".
    if ($Name -eq 'ExceptIfMessageSizeOver') { return ([string]$Value -replace '^.*\(| bytes\).*$' -replace '[^0-9]') }
    $words = @($Value | ForEach-Object { [string]$_ })
    if ($Name -eq 'SenderDomains') { $words = @($words -replace '^smtp:' -replace ';[0-9]+$') }
    return (($words | Sort-Object) -join ', ')
}
function Get-Difference($Object, $Wanted) {   # what an object has otherwise, as one entry for each setting. No routing code is shown.
    foreach ($name in ($Wanted.Keys | Sort-Object)) {
        $old = Format-Value $name (Get-Value $Object $name); $new = Format-Value $name $Wanted[$name]
        if ($(if ($name -eq 'SetHeaderValue') { $old -ceq $new } else { $old -eq $new })) { continue }
        if (($name -eq 'SetHeaderValue') -and ($new -ne 'Yes')) { $old = $(if ($old) { 'another code' }); $new = 'the code of -SecretFile' }
        [pscustomobject]@{ Name = $name; Old = $old; New = $new }
    }
}
function Read-Tenant {   # what is in the tenant. Without the parameter not all versions show both kinds of outbound connectors.
    $policy = $(if ($Setup.Allow) { Invoke-Service 'Get-HostedConnectionFilterPolicy' @{ Identity = 'Default' } })
    return @{
        Domains  = @(Read-List 'Get-AcceptedDomain' | ForEach-Object { ConvertTo-Ascii ([string]$_.DomainName) })
        Inbound  = @(Read-List 'Get-InboundConnector')
        Outbound = @($true, $false | ForEach-Object { Read-List 'Get-OutboundConnector' @{ IsTransportRuleScoped = $_ } })
        Rules    = @(Read-List 'Get-TransportRule' @{ ResultSize = 'Unlimited' } | Sort-Object -Property Priority)
        Allow    = @((Get-Value $policy 'IPAllowList') | Where-Object { $null -ne $_ } | ForEach-Object { [string]$_ -replace '/32$' })
        Remote   = $(if ($NoRichText) { Invoke-Service 'Get-RemoteDomain' @{ Identity = 'Default' } })
    }
}
function Get-Objects($Tenant) { return (@($Tenant.Inbound) + @($Tenant.Outbound) + @($Tenant.Rules)) }
function ConvertTo-Ascii($Domain) {   # a domain as the domain name system has it; Exchange Online shows either form.
    $name = $Domain.TrimEnd('.').ToLowerInvariant()
    try { return (New-Object System.Globalization.IdnMapping).GetAscii($name) } catch { return $name }
}
$MarkPattern = '(?s)^' + $MarkStart + '(?<key>.*?) \[(?<role>' + ((@('inbound', 'outbound', 'route') + $Skips) -join '|') +
    ')(?<options>(, [^\],]+)*)\](?<remark>.*)$'
# What the comment of an object of ours says, $null for others'. Older scripts told what it is for by its name alone.
function Read-Mark($Object) {
    $text = [string](Get-Value $Object 'Comment') + [string](Get-Value $Object 'Comments')
    $found = [regex]::Match($text, $MarkPattern).Groups
    if ($found[0].Success) { $mark = @{}; foreach ($part in 'key', 'role', 'options', 'remark') { $mark[$part] = $found[$part].Value }; return $mark }
    if (-not $text.StartsWith($MarkStart)) { return $null }
    $role = $(if ($Object.Name.EndsWith(' in')) { 'inbound' } else { 'outbound' })
    foreach ($of in @('route') + $Skips) { if ($Object.Name.EndsWith(' ' + $of)) { $role = $of } }
    return @{ Key = $text.Substring($MarkStart.Length); Role = $role; Options = ''; Remark = '' }
}
# Reports whether an object was made for a former key: one that the configuration lacks now.
function Test-Former($Mark) { return ($Mark -and ($Mark.Key -cne $Setup.Tenant) -and ($Setup.OtherKeys -cnotcontains $Mark.Key)) }
# Reports whether an object is this tenant's. One of a former key is, for -Create -Adopt: never to be switched off or removed.
function Test-Ours($Object) {
    $mark = Read-Mark $Object
    return ($mark -and (($mark.Key -ceq $Setup.Tenant) -or (('Pause', 'Remove' -notcontains $Run.Verb) -and (Test-Former $mark))))
}
# The objects of ours that are for one thing: the one to keep comes first, which is on, else has our name.
function Find-Own($Objects, $Role, $Name) {
    $own = @($Objects | Where-Object { (Test-Ours $_) -and ((Read-Mark $_).Role -eq $Role) })
    return @($own | Sort-Object -Property { (Get-Value $_ 'State') -ne 'Enabled' }, { $_.Name -ne $Name })
}
function Find-Route($Tenant) { return (Find-Own $Tenant.Rules 'route' $RouteName | Select-Object -First 1) }
function Find-Skips($Tenant) { return @($Tenant.Rules | Where-Object { (Test-Ours $_) -and ((Read-Mark $_).Role -ne 'route') }) }
function Test-On($Rule) { return ((Get-Value $Rule 'State') -eq 'Enabled') }
function Find-Recipients($Name) {   # the recipients that answer to a name, alias or address.
    if ($Run.Groups.ContainsKey($Name)) { return $Run.Groups[$Name] }
    $Run.Groups[$Name] = @()
    try { $Run.Groups[$Name] = @(Read-List 'Get-Recipient' @{ Identity = $Name }) }
    catch { if ($_.Exception.Message -notmatch 'couldn.t be found') { throw } }
    return $Run.Groups[$Name]
}
function Get-GroupAddress($Name, $Setting) {   # the address of a group that a rule can be limited to.
    $found = @(Find-Recipients $Name); $what = $Setting + ': "' + $Name + '" '
    $addresses = @($found | ForEach-Object { [string]$_.PrimarySmtpAddress })
    if (-not $found) { throw ($what + 'is not there. To make the group: New-DistributionGroup -Type Security -Name ' + (Format-Quoted $Name)) }
    if ($found.Count -gt 1) { throw ($what + 'is the name of several: ' + ($addresses -join ', ') + '. Give the address.') }
    $type = [string](Get-Value $found[0] 'RecipientTypeDetails')
    if ($type -match '^(Mail.*Group|GroupMailbox|RoomList)$') { return $addresses[0] }
    throw ($what + 'is a ' + $type + '. A rule takes distribution, mail-enabled security and Microsoft 365 groups.')
}

# ---- the plan ----
# The steps that make what is there into what is wanted. -Status shows them, -Create takes them, in this order.
$Plan = New-Object System.Collections.ArrayList
function Add-Step($Object, $Action, $Cmdlet, [hashtable] $With, $Differences = @(), [switch] $NeedsLive, [switch] $NeedsAdopt) {
    $null = $Plan.Add([pscustomobject]@{
        Object = $Object; Action = $Action; Cmdlet = $Cmdlet; With = $With; NeedsLive = [bool]$NeedsLive; NeedsAdopt = [bool]$NeedsAdopt
        Differs = @($Differences | ForEach-Object { $_.Name + ': "' + $_.Old + '" -> "' + $_.New + '"' }) -join '; '; Result = ''
    })
}
# A step that switches on or off, or removes.
function Add-PlainStep($Object, $Verb, $Kind = 'TransportRule', $Why = '', [switch] $NeedsLive, [switch] $NeedsAdopt) {
    $action = @{ Enable = 'switch on'; Disable = 'switch off'; Remove = 'remove' }[$Verb] + $Why
    $with = @{ Identity = $Object; Confirm = $false }
    Add-Step ($KindWords[$Kind] + ' "' + $Object + '"') $action ($Verb + '-' + $Kind) $with -NeedsLive:$NeedsLive -NeedsAdopt:$NeedsAdopt
}
# Plans what makes an object as wanted, and returns what is there already. Kind is the noun of its cmdlets.
function Add-ObjectSteps($Objects, $Kind, $Role, $Name, $Wanted, [hashtable] $New = @{}) {
    $what = $KindWords[$Kind] + ' "'
    if (@($Objects | Where-Object { ($_.Name -eq $Name) -and -not (Test-Ours $_) })) {
        throw ($what + $Name + '" is there and was not made by this script. Rename it, or set microsoft365.name and write the script again.')
    }
    $wish = $Wanted.Clone(); $wish['Name'] = $Name
    $there = Find-Own $Objects $Role $Name | Select-Object -First 1
    if ($null -eq $there) {
        foreach ($key in $New.Keys) { $wish[$key] = $New[$key] }
        foreach ($key in @($wish.Keys)) { if ($null -eq $wish[$key]) { $wish.Remove($key) } }
        Add-Step ($what + $Name + '"') 'make' ('New-' + $Kind) $wish @(Get-Difference $null $wish)
        return $null
    }
    $mark = Read-Mark $there
    $wish[$(if ($Kind -eq 'TransportRule') { 'Comments' } else { 'Comment' })] += $mark.Remark
    foreach ($key in $Unset[$Kind].Keys) { if (Get-Value $there $key) { $wish[$key] = $Unset[$Kind][$key] } }
    $differences = @(Get-Difference $there $wish)
    if (-not $differences) { return $there }
    # Of a field's name and its value, neither can be set alone.
    $tail = '(Name|Value|MessageHeader|Words)$'
    $stems = @($differences | ForEach-Object { $_.Name -replace $tail })
    $change = @{ Identity = $there.Name }
    foreach ($key in $wish.Keys) { if ($stems -contains ($key -replace $tail)) { $change[$key] = $wish[$key] } }
    if ($Create -and $change['SetHeaderName'] -and -not $change['SetHeaderValue']) { throw 'The routing field changes: give -SecretFile.' }
    $former = ($there.Name -ne $Name) -or ($mark.Key -cne $Setup.Tenant)
    $touches = $Run.RouteIsOn -and @($differences | Where-Object { Test-Touches $Kind $Role $_ })
    $action = @('mend', 'take over')[$former]
    Add-Step ($what + $there.Name + '"') $action ('Set-' + $Kind) $change $differences -NeedsLive:$touches -NeedsAdopt:$former
    return $there
}
function Add-SpareSteps($Objects, $Kind, $Role, $Name) {   # plans the removal of what is there twice, and returns its names.
    $spare = @(Find-Own $Objects $Role $Name | Select-Object -Skip 1 | ForEach-Object { $_.Name })
    foreach ($gone in $spare) { Add-PlainStep $gone 'Remove' $Kind ', it is there twice' -NeedsAdopt }
    return $spare
}
# Reports whether a difference changes which mail travels, or where to. A new name does not, of a rule or of our connector.
function Test-Touches($Kind, $Role, $Difference) {
    $name = $Difference.Name
    if ($Kind -ne 'TransportRule') { return ('SmartHosts', 'TlsDomain', 'TlsSenderCertificateName' -contains $name) }
    if ($Role -ne 'route') { return (($name -eq 'FromMemberOf') -or ($Run.GuardMoves -and $name.StartsWith('SetHeader'))) }
    if ('Comments', 'Name' -contains $name) { return $false }
    return -not (($name -eq 'RouteMessageOutboundConnector') -and $Adopt -and ($Run.OwnOutbound -contains $Difference.Old))
}
function Get-WantedGroup($Route) {   # the group that the rules are limited to, $null for everybody.
    if ($PilotGroup) { return (Get-GroupAddress $PilotGroup '-PilotGroup') }
    if ($Everyone) { return $null }
    $groups = Get-Value $Route 'FromMemberOf'
    $gone = @($groups | Where-Object { $_ -and -not (Find-Recipients ([string]$_)) })
    if ($gone) { Add-Advice 'look' ('The rules are for members of ' + ($gone -join ', ') + ', which is no group: nobody''s mail is routed.') }
    return $groups
}
function Add-CreateSteps($Tenant) {
    $route = Find-Route $Tenant
    $there = @(Find-Skips $Tenant)
    # A routing rule that is off while every skip rule is on was switched off by hand.
    $byHand = $route -and -not (Test-On $route) -and $there -and -not @($there | Where-Object { -not (Test-On $_) })
    $Run.RouteIsOn = (Test-On $route) -or $byHand
    $Run.GuardMoves = (Get-Value $route 'ExceptIfHeaderContainsMessageHeader') -ne $Setup.GuardField
    $Run.OwnOutbound = @(Find-Own $Tenant.Outbound 'outbound' $Setup.Outbound | ForEach-Object { $_.Name })
    $null = Add-ObjectSteps $Tenant.Inbound 'InboundConnector' 'inbound' $Setup.Inbound $WantedInbound
    $null = Add-ObjectSteps $Tenant.Outbound 'OutboundConnector' 'outbound' $Setup.Outbound $WantedOutbound
    # Adds to the list and never assigns it, which would drop what others put there.
    $lacks = @($Setup.Allow | Where-Object { $Tenant.Allow -notcontains ($_ -replace '/32$') })
    $change = @{ Identity = 'Default'; IPAllowList = @{ Add = $lacks } }
    if ($lacks) { Add-Step 'IP allow list' ('add ' + ($lacks -join ', ')) 'Set-HostedConnectionFilterPolicy' $change }
    Add-RuleSteps $Tenant $route
    if ($byHand) { Add-PlainStep $RouteName 'Enable' -Why ', as its skip rules are' -NeedsLive }
    # Connectors that are there twice go last, when no rule uses them any more.
    $null = Add-SpareSteps $Tenant.Outbound 'OutboundConnector' 'outbound' $Setup.Outbound
    $null = Add-SpareSteps $Tenant.Inbound 'InboundConnector' 'inbound' $Setup.Inbound
    $rich = @(Get-Difference $Tenant.Remote @{ TNEFEnabled = $false })
    $change = @{ Identity = 'Default'; TNEFEnabled = $false }
    if ($Tenant.Remote -and $rich) { Add-Step 'Remote domain "Default"' 'switch TNEF off' 'Set-RemoteDomain' $change $rich }
}
function Add-RuleSteps($Tenant, $Route) {   # the skip rules stand above the routing rule, and are on when it is.
    $group = Get-WantedGroup $Route
    $order = [System.Collections.ArrayList]@($Tenant.Rules | ForEach-Object { $_.Name })
    foreach ($role in $Skips + 'route') {
        foreach ($gone in @(Add-SpareSteps $Tenant.Rules 'TransportRule' $role ($Setup.Name + ' ' + $role))) { $order.Remove($gone) }
    }
    $below = 0   # where the next new rule goes
    foreach ($title in $Skips) {
        $name = $Setup.Name + ' ' + $title
        if ($null -ne $Route) { $below = $order.IndexOf($Route.Name) }
        $new = @{ Priority = $below; Enabled = $Run.RouteIsOn }
        $there = Add-ObjectSteps $Tenant.Rules 'TransportRule' $title $name (Get-SkipSettings $title $group) $new
        if ($null -eq $there) { $order.Insert($below, $name); $below++; continue }
        $from = $order.IndexOf($there.Name)
        if ($Route -and ($from -ge $below)) {   # it moves to right above the routing rule, which is not moved itself
            $moved = @([pscustomobject]@{ Name = 'Priority'; Old = $from; New = $below })
            Add-Step ('Rule "' + $name + '"') 'move above the routing rule' 'Set-TransportRule' @{ Identity = $name; Priority = $below } $moved
            $order.Remove($there.Name); $order.Insert($below, $there.Name)
        }
        $verb = $(if ($Run.RouteIsOn) { 'Enable' } else { 'Disable' })
        if ((Test-On $there) -ne $Run.RouteIsOn) { Add-PlainStep $name $verb -Why ', as the routing rule is' }
        $below = [Math]::Max($below, $order.IndexOf($there.Name) + 1)
    }
    $wanted = Get-RouteSettings $group
    Add-Exceptions $wanted $Route
    $secret = Read-Secret $Route
    if ($secret) { $wanted['SetHeaderValue'] = $secret }
    $null = Add-ObjectSteps $Tenant.Rules 'TransportRule' 'route' $RouteName $wanted @{ Priority = $below; Enabled = $false }
}
# Recipients that refuse or mistake what comes back; closed groups are moderated, or take mail from the organisation only.
function Read-Excluded {
    if ($null -ne $Run.Excluded) { return }
    $types = @{ RecipientTypeDetails = @('RoomMailbox', 'EquipmentMailbox', 'GroupMailbox'); ResultSize = 'Unlimited' }
    $groups = @('Get-DistributionGroup', 'Get-DynamicDistributionGroup' | ForEach-Object { Read-List $_ @{ ResultSize = 'Unlimited' } })
    $closed = @($groups | Where-Object { (Get-Value $_ 'RequireSenderAuthenticationEnabled') -or (Get-Value $_ 'ModerationEnabled') })
    $addresses = @(@(Read-List 'Get-Recipient' $types) + $closed | ForEach-Object { [string]$_.PrimarySmtpAddress } | Sort-Object -Unique)
    $Run.Excluded = @($addresses | Where-Object { $_ -ne $Setup.ExceptGroup })
}
# Four letters for an address. In the comment of the route they tell what the script excepted from what an admin added.
function Get-Check($Address) {
    $bytes = [System.Text.Encoding]::UTF8.GetBytes(([string]$Address).ToLowerInvariant())
    return ('{0:x2}{1:x2}' -f [System.Security.Cryptography.SHA256]::Create().ComputeHash($bytes)[0..1])
}
function Add-Exceptions($Wanted, $Route) {   # adds the exceptions for recipients to the wanted routing rule.
    $options = $(if (Read-Mark $Route) { (Read-Mark $Route).Options } else { '' })
    $role = 'route'; $want = @($Setup.Except)
    if ($Exclude -or ($options -match ', exclude')) { Read-Excluded; $role += ', exclude'; $want += $Run.Excluded }
    $want = @($want | Sort-Object -Unique)
    if ($Setup.ExceptGroup) { Add-GroupExceptions $Wanted $Route $want; $want = @() }
    # Exchange Online takes 8 KB for a rule, and 1024 letters for its comment.
    if (($want.Count -gt 150) -or (($want -join ',').Length -gt 6000)) {
        $name = $Setup.Name + ' leaves out'
        throw ([string]$want.Count + ' recipients to leave out do not fit into a rule. Make a group, set microsoft365.except_group to ' +
            'it, and write the script again: New-DistributionGroup -Type Security -Name ' + (Format-Quoted $name) + '; ' +
            (Format-Members 'Add' $name $want))
    }
    $ours = @([regex]::Matches($options, '\b[0-9a-f]{4}\b') | ForEach-Object { $_.Value })
    $byHand = @(@(Get-Value $Route 'ExceptIfSentTo') | Where-Object { $_ -and ($ours -notcontains (Get-Check $_)) })
    if ($want) { $role += ', ' + (@($want | ForEach-Object { Get-Check $_ } | Sort-Object -Unique) -join ' ') }
    $all = @($byHand + $want | ForEach-Object { [string]$_ } | Sort-Object -Unique)
    $Wanted['Comments'] = Get-Mark $role
    $Wanted['ExceptIfSentTo'] = $(if ($all) { $all })
}
function Add-GroupExceptions($Wanted, $Route, $Want) {   # the same by a group: the rule names it, and who lacks among its members is told.
    $group = Get-GroupAddress $Setup.ExceptGroup 'microsoft365.except_group'
    $Wanted['ExceptIfSentToMemberOf'] = @(@(Get-Value $Route 'ExceptIfSentToMemberOf') + $group | Where-Object { $_ } | Sort-Object -Unique)
    if (-not $Want) { return }
    $all = Read-List 'Get-DistributionGroupMember' @{ Identity = $group; ResultSize = 'Unlimited' }
    $members = @($all | ForEach-Object { [string]$_.PrimarySmtpAddress })
    $lacks = @($Want | Where-Object { $members -notcontains $_ })
    $spare = @($members | Where-Object { $_ -and ($Want -notcontains $_) })
    if ($lacks) { Add-Advice 'look' ('Not members of ' + $group + ', and to be left out: ' + (Format-Members 'Add' $group $lacks)) }
    if ($spare) { Add-Advice 'note' ('Members of ' + $group + ' that nothing else leaves out: ' + (Format-Members 'Remove' $group $spare)) }
}
# Commands to be pasted. PowerShell takes the typographic quotation marks for apostrophes too.
function Format-Quoted($Text) { return ("'" + ($Text -replace '[''\u2018-\u201B]', '$&$&') + "'") }
function Format-Members($Verb, $Group, $Members) {
    $list = @($Members | ForEach-Object { Format-Quoted $_ }) -join ', '
    return ($list + ' | ForEach-Object { ' + $Verb + '-DistributionGroupMember -Identity ' + (Format-Quoted $Group) + ' -Member $_ -Confirm:$false }')
}
# The routing code that the rule must set, '' where that is not known. Of the file, the first line that is no remark.
function Read-Secret($Route) {
    if (-not $Setup.RoutingField) { return '' }
    if ($SecretFile -and -not $Run.Secret) {
        $lines = @(Get-Content -LiteralPath $SecretFile | ForEach-Object { $_.Trim() } | Where-Object { $_ -and -not $_.StartsWith('#') })
        if (-not $lines) { throw ('No routing code is in ' + $SecretFile + '.') }
        $Run.Secret = $lines[0]
    }
    if ($Run.Secret) { return $Run.Secret }
    $has = Get-Value $Route 'SetHeaderValue'
    if ($Route -and -not $has) { Add-Advice 'look' 'The routing rule sets no code: -Create -SecretFile mends that.' }
    if ($Route) { return '' }
    if (-not $Create -or $WhatIfPreference) { return 'not asked for' }
    try { $secure = Read-Host -AsSecureString -Prompt 'Routing code (first line of routing_code_file)' }
    catch { throw 'Give -SecretFile: nobody is there to be asked for the routing code.' }
    $Run.Secret = [System.Net.NetworkCredential]::new('', $secure).Password.Trim()
    if (-not $Run.Secret) { throw 'Without the routing code the relay would not know the tenant''s mail.' }
    return $Run.Secret
}
function Add-PauseSteps($Tenant) {
    $routes = @(Find-Own $Tenant.Rules 'route' $RouteName)
    if (-not $routes) { throw ('There is no routing rule of tenant "' + $Setup.Tenant + '" here: -Create makes it.') }
    foreach ($rule in $routes + (Find-Skips $Tenant)) { if (Test-On $rule) { Add-PlainStep $rule.Name 'Disable' } }
}
function Add-ResumeSteps($Tenant) {
    Add-CreateSteps $Tenant
    $wrong = @($Plan | Where-Object { $_.Action -notlike 'switch*' } | ForEach-Object { $_.Object })
    $Plan.Clear()
    if ($wrong) { throw ('First run -Create, which mends: ' + ($wrong -join ', ')) }
    $route = Find-Route $Tenant
    if ($Setup.RoutingField -and -not (Get-Value $route 'SetHeaderValue')) { return }
    foreach ($rule in (Find-Skips $Tenant) + @($route)) { if (-not (Test-On $rule)) { Add-PlainStep $rule.Name 'Enable' } }
}
function Add-RemoveSteps($Tenant) {
    if ($Drained) { Assert-Drained $Tenant }
    foreach ($rule in @(Find-Own $Tenant.Rules 'route' $RouteName)) { Add-PlainStep $rule.Name 'Remove' }
    $verb = $(if ($Drained) { 'Remove' } else { 'Disable' })
    foreach ($rule in Find-Skips $Tenant) { if ($Drained -or (Test-On $rule)) { Add-PlainStep $rule.Name $verb } }
    if (-not $Drained) { return }
    foreach ($own in $Tenant.Outbound | Where-Object { Test-Ours $_ }) { Add-PlainStep $own.Name 'Remove' 'OutboundConnector' }
    foreach ($own in $Tenant.Inbound | Where-Object { Test-Ours $_ }) { Add-PlainStep $own.Name 'Remove' 'InboundConnector' }
}
function Assert-Drained($Tenant) {   # stops a removal that would have mail refused.
    if (Find-Route $Tenant) { throw 'The routing rule is there: -Remove removes it first. Run -Drained some hours after that.' }
    $own = @($Tenant.Outbound | Where-Object { Test-Ours $_ } | ForEach-Object { $_.Name })
    $uses = @($Tenant.Rules | Where-Object { $own -contains [string](Get-Value $_ 'RouteMessageOutboundConnector') } | ForEach-Object { $_.Name })
    if ($uses) { throw ('Rule "' + ($uses -join '", "') + '" still routes mail by the connector of this script: remove that first.') }
    $cmdlet = [string](Get-Command -Name 'Get-MessageTraceV2', 'Get-MessageTrace' -ErrorAction SilentlyContinue | Select-Object -First 1)
    $with = @{ Status = 'Pending'; StartDate = [DateTime]::UtcNow.AddDays(-2); EndDate = [DateTime]::UtcNow }
    # The trace does not tell the connector, but mail of senders outside never takes ours.
    $pending = @(Read-List $cmdlet $with | Where-Object {
        $sender = [string](Get-Value $_ 'SenderAddress')
        ($sender -notlike '*@?*') -or ($Tenant.Domains -contains (ConvertTo-Ascii ($sender -replace '^.*@')))
    })
    $what = { $m = $_; (@('Received', 'SenderAddress', 'RecipientAddress', 'MessageId' | ForEach-Object { Get-Value $m $_ }) -join ' ').Trim() }
    $shown = @($pending | Select-Object -First 10 | ForEach-Object $what)
    $text = [string]$pending.Count + ' messages are pending, and may be on their way by the relay: ' + ($shown -join '; ')
    if (-not $pending -or -not @(Get-Objects $Tenant | Where-Object { Test-Ours $_ })) { return }
    if (-not $DespitePending) { throw ($text + '. Wait until they are delivered, or give -DespitePending if none of them is.') }
    Add-Advice 'note' $text
}

# ---- what only an admin can change ----
$Advice = New-Object System.Collections.ArrayList
function Add-Advice($Level, $Text) {   # level: stop, where mail would be lost; look, which makes the exit status 1; note.
    if (-not @($Advice | Where-Object { $_.Text -eq $Text })) { $null = $Advice.Add([pscustomobject]@{ Level = $Level; Text = $Text }) }
}
function Add-DomainAdvice($Tenant) {
    $ours = @($Setup.Domains | ForEach-Object { ConvertTo-Ascii $_ })
    $name = ConvertTo-Ascii ($Setup.Certificate -replace '^\*\.')
    $lacks = @($ours | Where-Object { $Tenant.Domains -notcontains $_ })
    $others = @($Tenant.Domains | Where-Object { ($ours -notcontains $_) -and ($_ -notlike '*.onmicrosoft.com') -and ($_ -ne $name) })
    $above = @($Tenant.Domains | Where-Object { ($name -eq $_) -or $name.EndsWith('.' + $_) })
    $text = 'Not accepted domains of this tenant: ' + ($lacks -join ', ') + '. Is this the right tenant? '
    if ($lacks.Count -eq $ours.Count) { throw ($text + 'It has no domain of the configuration, and nothing is done.') }
    if ($lacks) { Add-Advice 'stop' ($text + 'Else take them out of the configuration.') }
    $text = 'Mail from ' + ($others -join ', ') + ' is routed to the relay and not signed. To sign it: domains = ["'
    if ($others -and -not $lacks) { Add-Advice 'note' ($text + (($ours + $others) -join '", "') + '"]') }
    $text = 'The name of the relay''s certificate, ' + $Setup.Certificate + ', is '
    if (-not $above) { Add-Advice 'stop' ($text + 'no accepted domain: returned mail would be refused (550 5.7.64). Add it.') }
    elseif ($above -notcontains $name) { Add-Advice 'note' ($text + 'only below ' + $above[0] + ': add it if mail is refused (550 5.7.64).') }
}
# Exchange Online takes the connector whose certificate name fits: two of a name would get each other's mail.
function Add-ConnectorAdvice($Tenant) {
    foreach ($c in @($Tenant.Inbound) + @($Tenant.Outbound) | Where-Object { -not (Test-Ours $_) }) {
        $what = 'Connector "' + $c.Name + '" '
        $name = [string](Get-Value $c 'TlsSenderCertificateName')
        $hybrid = ((Get-Value $c 'ConnectorSource') -eq 'HybridWizard') -or ($c.Name -match '^(Inbound from|Outbound to) ')
        if ($hybrid) { Add-Advice 'note' ($what + 'is of a hybrid set-up and left alone. See hybrid-and-multi-tenant.md.') }
        if (Get-Value $c 'RouteAllMessagesViaOnPremises') { Add-Advice 'note' ($what + 'sends all mail, signed or not, to your own Exchange.') }
        if (((Get-Value $c 'ConnectorType') -ne 'OnPremises') -or -not $name) { continue }
        $text = $what + 'expects the certificate ' + $name + ' as well. If it was made by hand for this relay, remove the rule that was, ' +
            'its outbound connector, and then: Remove-InboundConnector ' + (Format-Quoted $c.Name) + '. Else this relay needs another name.'
        if ($name -eq $Setup.Certificate) { Add-Advice 'stop' $text }
        elseif (($name -like '`*.*') -and $Setup.Certificate.EndsWith($name.Substring(1))) {
            Add-Advice 'note' ($what + 'expects ' + $name + ', which covers ' + $Setup.Certificate + ': mail may be taken for that connector''s.')
        }
    }
}
# The settings that are conditions and exceptions of a rule.
$Conditions = '^(ExceptIf)?(AD|AnyOf|Attachment|Between|Content|From|Has|Header|Manager|Message|Recipient(AD|AddressC|AddressM|Domain|In)|' +
    'SCL|Sender(AD|Domain|In|Ip|Man)|Sent|Subject|WithImp)'
function Add-RuleAdvice($Tenant) {
    $route = Find-Route $Tenant
    foreach ($rule in Find-Skips $Tenant) {
        $known = (Get-SkipSettings (Read-Mark $rule).Role $null).Keys
        $set = @($rule.PSObject.Properties | Where-Object { $_.Value -and ($_.Name -match $Conditions) } | ForEach-Object { $_.Name })
        $more = @($set | Where-Object { $known -notcontains $_ }) -join ', '
        if ($more) { Add-Advice 'look' ('Rule "' + $rule.Name + '" has further conditions, ' + $more + ': it skips less than it should.') }
    }
    foreach ($rule in $Tenant.Rules | Where-Object { $route -and (Test-On $_) -and -not (Test-Ours $_) }) {
        $what = 'Rule "' + $rule.Name + '" '
        $routes = Get-Value $rule 'RouteMessageOutboundConnector'
        if ((Get-Value $rule 'RemoveHeader') -eq $Setup.GuardField) { Add-Advice 'look' ($what + 'removes the guard field: mail goes round.') }
        if ((Get-Value $rule 'SetHeaderName') -eq $Setup.GuardField) { Add-Advice 'note' ($what + 'sets the guard field: such mail is not signed.') }
        $meant = [string](Get-Value $rule 'Comments') -like '*sigmilter: meant*'
        if ($meant -or ((Get-Value $rule 'FromScope') -eq 'NotInOrganization')) { continue }
        $below = $rule.Priority -gt $route.Priority
        if ($below -and $routes) { Add-Advice 'note' ($what + 'routes mail too, below "' + $route.Name + '": only mail that is not signed.') }
        if ($below -or -not ($routes -or (Get-Value $rule 'StopRuleProcessing'))) { continue }
        Add-Advice 'look' ($what + 'stands above "' + $route.Name + '" and routes mail or stops the processing of rules: what it applies to is not ' +
            'signed. If that is meant, write "sigmilter: meant" into its comment. Else: Set-TransportRule -Identity ' +
            (Format-Quoted $rule.Name) + ' -Priority ' + $route.Priority)
    }
}
function Add-StatusAdvice($Tenant) {   # what -Status also looks at; nothing of it is changed here.
    $route = Find-Route $Tenant
    $off = $route -and -not (Test-On $route)
    if ($off) { Add-Advice $(if ($Live) { 'look' } else { 'note' }) 'The routing rule is switched off, and nothing is signed: -Resume.' }
    $group = Format-Value 'FromMemberOf' (Get-Value $route 'FromMemberOf')
    if ($group) { Add-Advice 'note' ('Only mail of members of ' + $group + ' is routed.') }
    Read-Optional 'May refuse or mistake mail that comes back (rooms, equipment, groups): {0}. -Create -Exclude leaves them out.' {
        Read-Excluded
        $Run.Excluded | Where-Object { -not $Setup.ExceptGroup -and (@(Get-Value $route 'ExceptIfSentTo') -notcontains $_) }
    }
    Read-Optional ('Exchange Online does not sign with DKIM for {0}. It signs after the relay, so that this is safe to switch on: ' +
        'publish selector1._domainkey and selector2._domainkey as Get-DkimSigningConfig shows them.') {
        $on = @(Read-List 'Get-DkimSigningConfig' | Where-Object { Get-Value $_ 'Enabled' } | ForEach-Object { ConvertTo-Ascii ([string]$_.Domain) })
        $Setup.Domains | Where-Object { $on -notcontains (ConvertTo-Ascii $_) }
    }
    Read-Optional 'Rich text may leave as winmail.dat, which is not signed (a remote domain says so): -Create -NoRichText switches that off.' {
        Read-List 'Get-RemoteDomain' | Where-Object { ($_.DomainName -eq '*') -and ((Get-Value $_ 'TNEFEnabled') -ne $false) }
    }
    Add-Advice 'note' ('To publish: SPF of ' + ($Setup.Domains -join ', ') + ' with include:spf.protection.outlook.com; the relay needs no entry. ' +
        'Certificate of the relay: ' + $Setup.TlsDomain + '. In Postfix: relayhost = [' + ($Setup.Domains[0] -replace '\.', '-') +
        '.mail.protection.outlook.com]:25')
    if (-not $Validate) { return }
    foreach ($r in @(Invoke-Service 'Validate-OutboundConnector' @{ Identity = $Setup.Outbound; Recipients = $Validate })) {
        Add-Advice $(if ($r.IsTaskSuccessful) { 'note' } else { 'look' }) ('Validation: ' + $r.TaskName + ' ' + (Get-Value $r 'TaskDetail'))
    }
}
function Read-Optional($Text, [scriptblock] $Find) {   # a note about what is found, where it can be read.
    try { $found = @(& $Find); if ($found) { Add-Advice 'note' ($Text -f ($found -join ', ')) } }
    catch { Add-Advice 'look' ('Could not be read. ' + $_.Exception.Message) }
}
function Add-LastAdvice($Tenant) {   # what to know after a run.
    $objects = @(Get-Objects $Tenant | Where-Object { -not (Test-Ours $_) })
    $former = @($objects | Where-Object { Test-Former (Read-Mark $_) } | ForEach-Object { '"' + $_.Name + '"' }) -join ', '
    $text = 'Left alone, made for another key of the configuration: ' + $former + '. -Create -Adopt takes over what had a former key.'
    if ($former) { Add-Advice $(if ($Run.Steps) { 'note' } else { 'look' }) $text }
    $others = @($objects | Where-Object { $Tenant.Rules -contains $_ }).Count
    $new = @($Run.Steps | Where-Object { $Create -and ($_.Cmdlet -eq 'New-TransportRule') })
    if ($new -and $others) { Add-Advice 'note' ('New rules stand above ' + $others + ' rules of others, which keep their order.') }
    if ($WhatIfPreference -or @($Run.Steps | Where-Object { $_.Result -notlike 'done*' })) { return }
    if ($Create -and -not (Test-On (Find-Route $Tenant))) { Add-Advice 'note' 'The routing rule is switched off. When the relay is ready: -Resume.' }
    $text = 'No more mail goes to the relay within 30 minutes. Some hours later, when its queue is empty: -Remove -Drained.'
    if ($Remove -and $Run.Steps -and -not $Drained) { Add-Advice 'note' $text }
    $left = @($Setup.Allow | Where-Object { $Tenant.Allow -contains ($_ -replace '/32$') } | ForEach-Object { Format-Quoted $_ }) -join ', '
    $text = 'Left in the IP allow list. If nothing else needs it: Set-HostedConnectionFilterPolicy -Identity Default -IPAllowList @{ Remove = '
    if ($Drained -and $left) { Add-Advice 'note' ($text + $left + ' }') }
}

# ---- doing ----
function Invoke-Plan {   # takes the steps of the plan, and none behind one that was refused.
    $stopped = $false
    foreach ($step in $Plan) {
        if ($stopped) { $step.Result = 'not reached'; continue }
        if ($step.NeedsLive -and -not $Live) { $step.Result = 'not done: the routing rule is on, -Live allows it'; continue }
        $action = $step.Action + $(if ($step.Differs) { ': ' + $step.Differs })
        if (-not $PSCmdlet.ShouldProcess($step.Object, $action)) { $step.Result = 'not done'; $stopped = -not $WhatIfPreference; continue }
        $late = $(if ($step.Cmdlet -eq 'New-TransportRule') { 'couldn.t be found' })   # the connector, just made
        try { $null = Invoke-Service $step.Cmdlet $step.With $late; $step.Result = 'done' }
        catch {
            $stopped = -not (Test-Done $step $_.Exception.Message)
            $step.Result = $(if ($stopped) { 'refused: ' + $_.Exception.Message } else { 'done' })
        }
    }
    if ($stopped) { Add-Advice 'look' 'When that is put right, run the same again: it goes on where it stopped.' }
}
function Test-Done($Step, $Text) {   # reports whether a refused step was done after all, by a try that had no answer in time.
    if ($Step.Cmdlet -like 'Remove-*') { return ($Text -match 'couldn.t be found') }
    if (($Step.Cmdlet -notlike 'New-*') -or ($Text -notmatch 'already (in use|exists)')) { return $false }
    return [bool]@(Get-Objects (Read-Tenant) | Where-Object { ($_.Name -eq $Step.With['Name']) -and (Test-Ours $_) })
}
function Confirm-Plan($Planner) {   # reads back what was done: a change may be seen late, so that it is looked for again for a minute.
    $done = @($Plan | Where-Object { $_.Result -eq 'done' })
    foreach ($wait in 0, 1, 2, 4, 8, 15, 30) {
        Start-Sleep -Seconds $wait; $Plan.Clear()
        & $Planner (Read-Tenant)
        $open = @($Plan | ForEach-Object { $_.Object + $_.Action })
        $late = @($done | Where-Object { $open -contains ($_.Object + $_.Action) })
        if (-not $late) { return }
    }
    foreach ($step in $late) { $step.Result = 'done, but it does not show: run this again' }
}
function Invoke-Action($Planner, $Tenant) {
    & $Planner $Tenant
    $former = @($Plan | Where-Object { $_.NeedsAdopt })
    $text = 'This script made them under another name, or for another key in the configuration: '
    if ($former -and -not $Adopt) { throw ($text + (@($former | ForEach-Object { $_.Object }) -join ', ') + '. -Create -Adopt takes them over.') }
    $held = @($former | Where-Object { $_.NeedsLive -and -not $Live } | ForEach-Object { $_.Object + ' (' + $_.Differs + ')' })
    if ($held) { throw ('The routing rule is on, and would change in more than its name, which -Live allows: ' + ($held -join ', ')) }
    $Run.Steps = @($Plan)
    Invoke-Plan
    $results = @($Run.Steps | ForEach-Object { $_.Result })
    if (($results -contains 'done') -and -not ($results -like 'refused*')) { Confirm-Plan $Planner }
}
function Write-Result {   # the result, for people or as objects. Both go where output goes.
    if ($PassThru) { return (@($Run.States) + @($Run.Steps | Select-Object -Property 'Object', 'Action', 'Differs', 'Result') + @($Advice)) }
    $asStatus = @{ 'make' = 'missing'; 'mend' = 'differs' }
    foreach ($s in @($Run.States) + @($Run.Steps)) {
        $action = $(if (-not $s.Result -and $asStatus.ContainsKey($s.Action)) { $asStatus[$s.Action] } else { $s.Action })
        $differs = $s.Differs -and (($s.Action -ne 'make') -or $WhatIfPreference)
        $s.Object + ': ' + $action + $(if ($differs) { ' (' + $s.Differs + ')' }) + $(if ($s.Result) { ': ' + $s.Result })
    }
    if (-not $Run.Steps -and -not $Run.Failed) { $(if ($Remove) { 'There is nothing to remove.' } else { 'All is as wanted.' }) }
    foreach ($a in $Advice) { $a.Level + ': ' + $a.Text }
}

# ---- the call ----
function Assert-Call {   # refuses a call that cannot be meant.
    $verbs = @($Options.Keys | Where-Object { $Given.ContainsKey($_) } | Sort-Object)
    if ($verbs.Count -gt 1) { throw ('Give one of -' + ($verbs -join ', -') + '.') }
    if ($verbs) { $Run.Verb = $verbs[0] }
    foreach ($name in $Given.Keys) {
        if (($Given[$name] -is [string]) -and -not $Given[$name].Trim()) { throw ('-' + $name + ' is empty.') }
        $with = @($Options.Keys | Where-Object { $Options[$_] -contains $name } | Sort-Object)
        if ($with -and ($with -notcontains $Run.Verb)) { throw ('-' + $name + ' goes with -' + ($with -join ' or -') + '.') }
    }
    if ($PilotGroup -and $Everyone) { throw 'Give -PilotGroup or -Everyone, not both.' }
    $certificate = $CertificateThumbprint -or $CertificateFile
    if (($AppId -or $ManagedIdentity) -and -not $Organization) { throw '-AppId and -ManagedIdentity need -Organization x.onmicrosoft.com.' }
    if ([bool]$AppId -ne $certificate) { throw ('To sign in as an application give -AppId ID, -Organization contoso.onmicrosoft.com, and ' +
        '-CertificateFile FILE with -CertificatePasswordFile FILE; on Windows -CertificateThumbprint in the place of those two.') }
    if ($Device -and ($PSVersionTable.PSVersion.Major -lt 7)) { throw '-Device needs PowerShell 7.' }
}
function Get-Sessions { return @(Read-List 'Get-ConnectionInformation' | ForEach-Object { [string]$_.ConnectionId }) }
function Connect-Tenant {
    $module = Get-Command -Name Connect-ExchangeOnline -ErrorAction SilentlyContinue
    if (-not $module) { throw 'The module ExchangeOnlineManagement is missing: Install-Module ExchangeOnlineManagement' }
    $how = @{ ShowBanner = $false; ExchangeEnvironmentName = $Environment }
    foreach ($name in 'DelegatedOrganization', 'AppId', 'Organization', 'CertificateThumbprint', 'Device', 'ManagedIdentity') {
        if ($Given.ContainsKey($name)) { $how[$name] = $Given[$name] }
    }
    if ($CertificateFile) {
        $how['CertificateFilePath'] = (Get-Item -LiteralPath $CertificateFile -Force).FullName
        # The first line of the file as it is: blanks and # may belong to a password.
        $line = $(if ($CertificatePasswordFile) { Get-Content -LiteralPath $CertificatePasswordFile -TotalCount 1 })
        if ($line) { $how['CertificatePassword'] = [System.Net.NetworkCredential]::new('', $line).SecurePassword }
        else { $how['CertificatePassword'] = Read-Host -AsSecureString -Prompt ('Password of ' + $CertificateFile) }
    }
    $Run.Before = @(Get-Sessions)
    $null = Invoke-Service 'Connect-ExchangeOnline' $how
}
function Disconnect-Tenant {   # closes the session that was opened here, and no other.
    if ($null -eq $Run.Before) { return }
    try { $now = @(Get-Sessions) } catch { $now = @(Get-Sessions) }
    $ours = @($now | Where-Object { $Run.Before -notcontains $_ })
    if ($ours) { $null = Invoke-Service 'Disconnect-ExchangeOnline' @{ ConnectionId = $ours; Confirm = $false } }
}
function Invoke-Main {
    Assert-Call
    if (-not $Connected) { Connect-Tenant }
    $tenant = Read-Tenant
    Add-DomainAdvice $tenant; Add-ConnectorAdvice $tenant
    if (($Create -or $Resume) -and @($Advice | Where-Object { $_.Level -eq 'stop' })) { return }
    if (-not $Remove) { Add-RuleAdvice $tenant }
    if ($Run.Verb -ne 'Status') { Invoke-Action ('Add-' + $Run.Verb + 'Steps') $tenant }
    else {
        Add-CreateSteps $tenant
        $Run.Steps = @($Plan)
        $Run.States = @(Get-Objects $tenant | Where-Object { Test-Ours $_ } | ForEach-Object {
            $off = ((Get-Value $_ 'Enabled') -eq $false) -or ((Get-Value $_ 'State') -eq 'Disabled')
            [pscustomobject]@{ Object = '"' + $_.Name + '"'; Action = $(if ($off) { 'is off' } else { 'is on' }); Differs = ''; Result = '' }
        })
        Add-StatusAdvice $tenant
    }
    Add-LastAdvice $tenant
}

try { Invoke-Main } catch { Add-Advice 'stop' (Get-OneLine $_.Exception.Message) }
try { Disconnect-Tenant } catch { Add-Advice 'look' $_.Exception.Message }
$wrong = @($Run.Steps | Where-Object { ($_.Result -ne 'done') -and (($Run.Verb -eq 'Status') -or -not $WhatIfPreference) })
$Run.Failed = [bool]($wrong + @($Advice | Where-Object { $_.Level -ne 'note' }))
Write-Result
exit [int]$Run.Failed
} $PSBoundParameters
