<#
.SYNOPSIS
    Connectors and mail flow rules of Exchange Online for sigmilter.
.DESCRIPTION
    Written by "sigmilter m365 script" from the configuration; write it again when that
    changes. It may be run any number of times: what is right is left as it is. It changes
    nothing but objects of its own, which it knows by their comment, the IP allow list,
    which it adds to, and what -NoRichText says. The exit status is 0 when all is as wanted.

    -Status       tells what is there, what differs and what to look at; it is what is done by
                  default. -Validate ADDRESS has Exchange Online send a test message there.
    -Create       makes or mends what -Status names. The routing rule is made switched off.
      -SecretFile FILE   its first line is the routing code; else it is asked for
      -PilotGroup GROUP  name, alias or address: only mail of its members; -Everyone lifts that
      -Live              allows changes to the routing rule while it is on
      -Adopt             takes over what was made under another name or key of the tenant
      -Exclude           leaves out rooms, equipment, Microsoft 365 groups, moderated and closed
                         groups; later runs add new ones
      -NoRichText        switches TNEF (winmail.dat) off for the remote domain "Default"
    -Pause, -Resume      switch the rules off and on
    -Remove       removes the routing rule; -Remove -Drained, some hours later, the rest
    -WhatIf       says what would be done; -PassThru returns objects instead of text

    Signing in: -Connected uses the session that is there. -Device signs in with a code on
    another device. Unattended: -AppId with -Organization contoso.onmicrosoft.com and
    -CertificateThumbprint (Windows), or -CertificateFile with -CertificatePasswordFile;
    -ManagedIdentity with -Organization. -DelegatedOrganization is a partner's customer,
    -Environment another cloud, such as O365USGovGCCHigh.
.EXAMPLE
    ./sigmilter.ps1 -Create -SecretFile contoso.code -PilotGroup pilot@contoso.com
#>
[CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'Status')]
param(
    [Parameter(ParameterSetName = 'Status')] [switch] $Status, [Parameter(ParameterSetName = 'Status')] [string] $Validate,
    [Parameter(ParameterSetName = 'Create', Mandatory = $true)] [switch] $Create,
    [Parameter(ParameterSetName = 'Create')] [string] $SecretFile, [Parameter(ParameterSetName = 'Create')] [string] $PilotGroup,
    [Parameter(ParameterSetName = 'Create')] [switch] $Everyone, [Parameter(ParameterSetName = 'Create')] [switch] $Live,
    [Parameter(ParameterSetName = 'Create')] [switch] $Adopt, [Parameter(ParameterSetName = 'Create')] [switch] $Exclude,
    [Parameter(ParameterSetName = 'Create')] [switch] $NoRichText,
    [Parameter(ParameterSetName = 'Pause', Mandatory = $true)] [switch] $Pause, [Parameter(ParameterSetName = 'Resume', Mandatory = $true)] [switch] $Resume,
    [Parameter(ParameterSetName = 'Remove', Mandatory = $true)] [switch] $Remove, [Parameter(ParameterSetName = 'Remove')] [switch] $Drained,
    [switch] $PassThru, [switch] $Connected, [switch] $Device, [string] $AppId, [string] $Organization, [string] $CertificateThumbprint,
    [string] $CertificateFile, [string] $CertificatePasswordFile, [switch] $ManagedIdentity, [string] $DelegatedOrganization,
    [string] $Environment = 'O365Default'
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

#SETTINGS#

# ---- what is wanted ----

# The comment by which the script knows what it made. The word in brackets says which
# object it is, whatever its name.
$MarkStart = 'Made by sigmilter m365 script for tenant '
$RouteName = $Setup.Name + ' route'
$Excluded = $null; $PilotAddress = ''; $Secret = ''; $RouteIsOn = $false; $OwnOutbound = @(); $GroupLacks = @(); $States = @(); $Steps = @()

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

# A rule has room for one type of message, so that each type that must not travel
# has a rule of its own. It sets the guard field, which the routing rule excepts.
$SkipRules = @(
    @{ Title = 'skip automatic replies'; MessageTypeMatches = 'OOF' }
    @{ Title = 'skip rights management'; MessageTypeMatches = 'PermissionControlled' }
    @{ Title = 'skip encrypted mail'; MessageTypeMatches = 'Encrypted' }
    @{ Title = 'skip signed mail'; MessageTypeMatches = 'Signed' }
    @{ Title = 'skip voice mail'; MessageTypeMatches = 'Voicemail' }
    @{ Title = 'skip read receipts'; MessageTypeMatches = 'ReadReceipt' }
    @{ Title = 'skip approval requests'; MessageTypeMatches = 'ApprovalRequest' }
    @{ Title = 'skip recalls'; HeaderContainsMessageHeader = 'X-MS-Exchange-RecallReportGenerated'; HeaderContainsWords = @('true', 'false') }
)

function Get-SkipSettings($Rule, $Group) {
    $settings = @{
        FromScope = 'InOrganization'; FromMemberOf = $Group; Mode = 'Enforce'
        SetHeaderName = $Setup.GuardField; SetHeaderValue = 'Yes'; Comments = Get-Mark $Rule.Title
    }
    foreach ($name in $Rule.Keys) { if ($name -ne 'Title') { $settings[$name] = $Rule[$name] } }
    return $settings
}

function Get-RouteSettings($Group) {
    $settings = @{
        FromScope = 'InOrganization'; FromMemberOf = $Group; Mode = 'Enforce'
        RouteMessageOutboundConnector = $Setup.Outbound; StopRuleProcessing = $true; RuleErrorAction = $Setup.RuleErrorAction
        ExceptIfHeaderContainsMessageHeader = $Setup.GuardField; ExceptIfHeaderContainsWords = 'Yes'
        ExceptIfMessageTypeMatches = 'Calendaring'; ExceptIfMessageSizeOver = $Setup.MaxSize; Comments = Get-Mark 'route'
    }
    if ($Setup.RoutingField) { $settings['SetHeaderName'] = $Setup.RoutingField }
    return $settings
}

# ---- the service ----

# What to do about an error of the service, by a word of it.
$Hints = @(
    @('AADSTS700027|certificate.*expired|expired.*certificate', 'The application''s certificate has expired: give the application a new one.'),
    @('AADSTS', 'Signing in was refused: look up the code at https://login.microsoftonline.com/error.'),
    @('host is known|name or service|resolve|network|actively refused|unable to connect', 'No connection: this machine must reach outlook.office365.com and login.microsoftonline.com, port 443.'),
    @('is not recognized', 'Either there is no session (run it without -Connected), or the account lacks the role: Exchange Administrator has it.'),
    @('access.*denied|isn''t within|not allowed|unauthorized|forbidden|insufficient', 'The account may lack the role, Exchange Administrator, or Microsoft support must allow it.'),
    @('OrganizationCustomization', 'Run Enable-OrganizationCustomization once, wait an hour and run this again.'),
    @('priority is invalid', 'Somebody else changed the rules at the same time: run this again.'),
    @('already in use|already exists', 'Another object has this name: set microsoft365.name in the configuration and write the script again.'),
    @('used by a transport rule', 'A rule still routes mail by this connector: remove the rule first.'),
    @('Server busy|429|too many requests|throttl', 'The service stayed busy: run this again later.')
)

function Get-Hint($Text) {
    foreach ($hint in $Hints) { if ($Text -match $hint[0]) { return (' ' + $hint[1]) } }
    return ''
}

$Busy = 'Server busy|\b429\b|\b503\b|too many requests|throttl|timed out|time-out|temporarily unavailable'

# Calls a cmdlet of the service. They are functions of a module, which
# $ErrorActionPreference of a script does not reach: each call says Stop itself.
# A busy service is asked again for at most four minutes.
function Invoke-Service([string] $Cmdlet, [hashtable] $With = @{}, [string] $Late = '') {
    $wait = 2
    $until = [DateTime]::UtcNow.AddMinutes(4)
    while ($true) {
        try { return (& $Cmdlet @With -ErrorAction Stop) }
        catch {
            $text = $_.Exception.Message
            $again = ($text -match $Busy) -or ($Late -and ($text -match $Late))
            if ($text -match 'Retry-After:? *([0-9]+)') { $wait = [Math]::Max(1, [Math]::Min(120, [int]$Matches[1])) }
            if (-not $again -or ([DateTime]::UtcNow.AddSeconds($wait) -gt $until)) { throw ($Cmdlet + ': ' + $text + (Get-Hint $text)) }
        }
        Write-Host ($Cmdlet + ': no answer yet, asked again in ' + $wait + ' s: ' + $text)
        Start-Sleep -Seconds $wait
        $wait = [Math]::Min(60, 2 * $wait)
    }
}

# ---- reading ----

function Get-Value($Object, $Name) {
    if (($null -eq $Object) -or -not $Object.PSObject.Properties[$Name]) { return $null }
    return $Object.PSObject.Properties[$Name].Value
}

# A value as text, the same for what is given and for what Exchange Online shows.
function Format-Value($Name, $Value) {
    if ($null -eq $Value) { return '' }
    # Sizes are shown as "25 MB (26,214,400 bytes)".
    if ($Name -eq 'ExceptIfMessageSizeOver') {
        $text = [string]$Value
        if ($text -match '\(([^)]*) bytes\)') { $text = $Matches[1] }
        return ($text -replace '[^0-9]', '')
    }
    $words = @($Value | ForEach-Object { [string]$_ })
    # A domain of senders is shown as "smtp:*;1".
    if ($Name -eq 'SenderDomains') { $words = @($words -replace '^smtp:', '' -replace ';[0-9]+$', '') }
    return (($words | Sort-Object) -join ', ')
}

# What an object has otherwise, as one entry for each setting.
function Get-Difference($Object, $Wanted) {
    foreach ($name in ($Wanted.Keys | Sort-Object)) {
        $old = Format-Value $name (Get-Value $Object $name)
        $new = Format-Value $name $Wanted[$name]
        if (($name -eq 'SetHeaderValue') -and ($old -ceq $new)) { continue }
        if (($name -ne 'SetHeaderValue') -and ($old -eq $new)) { continue }
        if (($name -eq 'SetHeaderValue') -and ($new -ne 'Yes')) { $old = 'another code'; $new = 'the code of -SecretFile' }
        [pscustomobject]@{ Name = $name; Old = $old; New = $new }
    }
}

# What is in the tenant. Without the parameter not all versions show both kinds of
# outbound connectors.
function Read-Tenant {
    $outbound = @(Invoke-Service 'Get-OutboundConnector' @{ IsTransportRuleScoped = $true }) + @(Invoke-Service 'Get-OutboundConnector' @{ IsTransportRuleScoped = $false })
    $tenant = @{
        Domains  = @(Invoke-Service 'Get-AcceptedDomain' | ForEach-Object { ConvertTo-Ascii ([string]$_.DomainName) })
        Inbound  = @(Invoke-Service 'Get-InboundConnector' | Where-Object { $null -ne $_ })
        Outbound = @($outbound | Where-Object { $null -ne $_ })
        Rules    = @(Invoke-Service 'Get-TransportRule' @{ ResultSize = 'Unlimited' } | Where-Object { $null -ne $_ } | Sort-Object -Property Priority)
        Allow    = @()
        Remote   = $null
    }
    if ($Setup.Allow.Count -gt 0) {
        $policy = Invoke-Service 'Get-HostedConnectionFilterPolicy' @{ Identity = 'Default' }
        $tenant.Allow = @((Get-Value $policy 'IPAllowList') | Where-Object { $null -ne $_ } | ForEach-Object { [string]$_ })
    }
    if ($NoRichText) { $tenant.Remote = Invoke-Service 'Get-RemoteDomain' @{ Identity = 'Default' } }
    return $tenant
}

# A domain as the domain name system has it; Exchange Online shows either form.
function ConvertTo-Ascii($Domain) {
    try { return (New-Object System.Globalization.IdnMapping).GetAscii($Domain.TrimEnd('.')).ToLowerInvariant() } catch { return $Domain.ToLowerInvariant() }
}

function Get-Comment($Object) { return ([string](Get-Value $Object 'Comment') + [string](Get-Value $Object 'Comments')) }
function Test-Ours($Object) { return (Get-Comment $Object).StartsWith($MarkStart) }

# What an object of ours is for. Those of older scripts tell it by their name alone.
function Get-Role($Object) {
    if ((Get-Comment $Object) -match '\[([^\],]+)[^\]]*\]$') { return $Matches[1] }
    foreach ($role in @('route') + @($SkipRules | ForEach-Object { $_.Title })) { if ($Object.Name.EndsWith(' ' + $role)) { return $role } }
    if ($Object.Name.EndsWith(' in')) { return 'inbound' }
    return 'outbound'
}

# The objects of ours that are for one thing: the one to keep comes first. It is one
# that is switched on, else the one that has our name.
function Find-Own($Objects, $Role, $Name) {
    $own = @($Objects | Where-Object { (Test-Ours $_) -and ((Get-Role $_) -eq $Role) })
    return @($own | Sort-Object -Property { (Get-Value $_ 'State') -ne 'Enabled' }, { $_.Name -ne $Name })
}

function Test-On($Rule) { return ((Get-Value $Rule 'State') -eq 'Enabled') }

function Resolve-Group($Group) {
    try { $found = @(Invoke-Service 'Get-Recipient' @{ Identity = $Group }) }
    catch {
        # The service is asked again when the rule is made, and says what is wrong.
        if ($_.Exception.Message -match 'couldn''t be found') { return $Group }
        throw
    }
    return [string]$found[0].PrimarySmtpAddress
}

# ---- the plan ----

# The steps that make what is there into what is wanted. -Status shows them, -Create
# takes them, in this order.
$Plan = New-Object System.Collections.ArrayList

function Add-Step($Object, $Action, $Cmdlet, [hashtable] $With, $Differences = @(), [switch] $NeedsLive, [switch] $NeedsAdopt) {
    $differs = @($Differences | ForEach-Object { $_.Name + ': "' + $_.Old + '" -> "' + $_.New + '"' }) -join '; '
    $null = $Plan.Add([pscustomobject]@{
        Object = $Object; Action = $Action; Differs = $differs; Result = ''
        Cmdlet = $Cmdlet; With = $With; NeedsLive = [bool]$NeedsLive; NeedsAdopt = [bool]$NeedsAdopt
    })
}

# The settings to change. Of a field's name and its value, neither can be set alone.
function Get-Change($Differences, $Wanted) {
    $names = @($Differences | ForEach-Object { $_.Name })
    foreach ($pair in @('SetHeaderName', 'SetHeaderValue'), @('HeaderContainsMessageHeader', 'HeaderContainsWords'), @('ExceptIfHeaderContainsMessageHeader', 'ExceptIfHeaderContainsWords')) {
        if (@($pair | Where-Object { $names -contains $_ }).Count -gt 0) { $names += $pair }
    }
    $change = @{}
    foreach ($name in $names) {
        if ($Wanted.ContainsKey($name)) { $change[$name] = $Wanted[$name] }
        elseif ($Create) { throw 'The routing rule has another routing field now: give -SecretFile.' }
    }
    return $change
}

# Plans what makes an object as wanted, and returns what is there already. Kind is
# the noun of its cmdlets.
function Add-ObjectSteps($Objects, $Kind, $What, $Role, $Name, $Wanted, [hashtable] $New = @{}) {
    $own = @(Find-Own $Objects $Role $Name)
    $taken = @($Objects | Where-Object { ($_.Name -eq $Name) -and -not (Test-Ours $_) })
    if ($taken.Count -gt 0) { throw ($What + ' "' + $Name + '" is there and was not made by this script. Rename it, or set another name in the tenant''s table microsoft365, and write the script again.') }
    if ($own.Count -eq 0) {
        $settings = @{ Name = $Name }
        foreach ($key in $Wanted.Keys) { if ($null -ne $Wanted[$key]) { $settings[$key] = $Wanted[$key] } }
        foreach ($key in $New.Keys) { $settings[$key] = $New[$key] }
        Add-Step ($What + ' "' + $Name + '"') 'make' ('New-' + $Kind) $settings
        return $null
    }
    foreach ($other in @($own | Select-Object -Skip 1)) {
        Add-Step ($What + ' "' + $other.Name + '"') 'remove, it is there twice' ('Remove-' + $Kind) @{ Identity = $other.Name; Confirm = $false } -NeedsAdopt
    }
    $there = $own[0]
    $wish = $Wanted.Clone()
    $wish['Name'] = $Name
    $foreign = ($there.Name -ne $Name) -or ((Get-Comment $there) -replace ' \[[^\]]*\]$', '') -ne ($MarkStart + $Setup.Tenant)
    $differences = @(Get-Difference $there $wish)
    if ($differences.Count -gt 0) {
        $change = Get-Change $differences $wish
        $change['Identity'] = $there.Name
        $needsLive = $RouteIsOn -and (Test-Touches $Role $differences)
        Add-Step ($What + ' "' + $there.Name + '"') $(if ($foreign) { 'take over' } else { 'mend' }) ('Set-' + $Kind) $change $differences -NeedsLive:$needsLive -NeedsAdopt:$foreign
    }
    return $there
}

# Whether differences change which mail travels, or how. Names do not, nor does a
# connector of ours that is renamed in the same run.
function Test-Touches($Role, $Differences) {
    foreach ($d in $Differences) {
        if ($d.Name -eq 'FromMemberOf') { return $true }
        if (($Role -ne 'route') -or (@('Comments', 'Name') -contains $d.Name)) { continue }
        if (($d.Name -eq 'RouteMessageOutboundConnector') -and $Adopt -and ($script:OwnOutbound -contains $d.Old)) { continue }
        return $true
    }
    return $false
}

function Find-Route($Tenant) { return (Find-Own $Tenant.Rules 'route' $RouteName | Select-Object -First 1) }

# The group that the rules are limited to, $null for everybody.
function Get-WantedGroup($Route) {
    if ($PilotGroup -and -not $PilotAddress) { $script:PilotAddress = Resolve-Group $PilotGroup }
    if ($PilotGroup) { return $PilotAddress }
    if (-not $Everyone) { return (Get-Value $Route 'FromMemberOf') }
}

function Add-CreateSteps($Tenant) {
    $script:RouteIsOn = Test-On (Find-Route $Tenant)
    $script:OwnOutbound = @(Find-Own $Tenant.Outbound 'outbound' $Setup.Outbound | ForEach-Object { $_.Name })
    $null = Add-ObjectSteps $Tenant.Inbound 'InboundConnector' 'Inbound connector' 'inbound' $Setup.Inbound $WantedInbound
    $null = Add-ObjectSteps $Tenant.Outbound 'OutboundConnector' 'Outbound connector' 'outbound' $Setup.Outbound $WantedOutbound
    # Adds to the list and never assigns it, which would drop what others put there.
    $missing = @($Setup.Allow | Where-Object { $Tenant.Allow -notcontains $_ })
    if ($missing) { Add-Step 'IP allow list' ('add ' + ($missing -join ', ')) 'Set-HostedConnectionFilterPolicy' @{ Identity = 'Default'; IPAllowList = @{ Add = $missing } } }
    Add-RuleSteps $Tenant
    if (($null -ne $Tenant.Remote) -and ((Get-Value $Tenant.Remote 'TNEFEnabled') -ne $false)) {
        Add-Step 'Remote domain "Default"' 'switch TNEF off' 'Set-RemoteDomain' @{ Identity = 'Default'; TNEFEnabled = $false }
    }
}

# The skip rules stand above the routing rule, and are on when it is.
function Add-RuleSteps($Tenant) {
    $route = Find-Route $Tenant
    $group = Get-WantedGroup $route
    $order = New-Object System.Collections.ArrayList
    foreach ($rule in $Tenant.Rules) { $null = $order.Add($rule.Name) }
    $below = 0   # where the next new rule goes
    foreach ($rule in $SkipRules) {
        $name = $Setup.Name + ' ' + $rule.Title
        if ($null -ne $route) { $below = $order.IndexOf($route.Name) }
        $there = Add-ObjectSteps $Tenant.Rules 'TransportRule' 'Rule' $rule.Title $name (Get-SkipSettings $rule $group) @{ Priority = $below; Enabled = $script:RouteIsOn }
        if ($null -eq $there) { $order.Insert($below, $name); $below++; continue }
        Add-PlaceSteps $there $name $order $route $below
        if ((Test-On $there) -ne $RouteIsOn) { Add-RuleStep $name $(if ($RouteIsOn) { 'Enable' } else { 'Disable' }) 'as the routing rule is' }
        $below = [Math]::Max($below, $order.IndexOf($there.Name) + 1)
    }
    $wanted = Get-RouteSettings $group
    Add-Exceptions $wanted $route
    $secret = Read-Secret $route
    if ($secret) { $wanted['SetHeaderValue'] = $secret }
    $null = Add-ObjectSteps $Tenant.Rules 'TransportRule' 'Rule' 'route' $RouteName $wanted @{ Priority = $below; Enabled = $false }
}

# A skip rule that stands below the routing rule moves to right above it. The
# routing rule itself is not moved.
function Add-PlaceSteps($Rule, $Name, $Order, $Route, $To) {
    if (($null -eq $Route) -or ($Order.IndexOf($Rule.Name) -lt $To)) { return }
    Add-Step ('Rule "' + $Name + '"') 'move above the routing rule' 'Set-TransportRule' @{ Identity = $Name; Priority = $To }
    $Order.Remove($Rule.Name)
    $Order.Insert($To, $Rule.Name)
}

function Add-RuleStep($Name, $Verb, $Why = '') {
    $action = @{ Enable = 'switch on'; Disable = 'switch off'; Remove = 'remove' }[$Verb]
    if ($Why) { $action += ', ' + $Why }
    Add-Step ('Rule "' + $Name + '"') $action ($Verb + '-TransportRule') @{ Identity = $Name; Confirm = $false }
}

# Recipients that refuse or mistake what comes back: rooms, equipment, Microsoft 365
# groups, and groups that are moderated or take mail from the organisation only.
function Read-Excluded {
    if ($null -ne $script:Excluded) { return }
    $found = @(Invoke-Service 'Get-Recipient' @{ RecipientTypeDetails = @('RoomMailbox', 'EquipmentMailbox', 'GroupMailbox'); ResultSize = 'Unlimited' })
    $found += @(Invoke-Service 'Get-DistributionGroup' @{ ResultSize = 'Unlimited' } | Where-Object {
        ((Get-Value $_ 'RequireSenderAuthenticationEnabled') -eq $true) -or ((Get-Value $_ 'ModerationEnabled') -eq $true)
    })
    $script:Excluded = @($found | Where-Object { $null -ne $_ } | ForEach-Object { [string]$_.PrimarySmtpAddress } | Sort-Object -Unique)
}

# Adds the exceptions for recipients to the wanted routing rule. What an admin added
# to them by hand stays.
function Add-Exceptions($Wanted, $Route) {
    $want = @($Setup.Except)
    if ($Exclude -or ((Get-Comment $Route) -match ', exclude\]$')) {
        $Wanted['Comments'] = Get-Mark 'route, exclude'
        Read-Excluded
        $want += $script:Excluded
    }
    if ($Setup.ExceptGroup) {
        $script:GroupLacks = @($want)
        if ($want.Count -gt 0) {
            $members = @(Invoke-Service 'Get-DistributionGroupMember' @{ Identity = $Setup.ExceptGroup; ResultSize = 'Unlimited' } | ForEach-Object { [string](Get-Value $_ 'PrimarySmtpAddress') })
            $script:GroupLacks = @($want | Where-Object { $members -notcontains $_ })
        }
        $group = Resolve-Group $Setup.ExceptGroup
        $Wanted['ExceptIfSentToMemberOf'] = @(@(Get-Value $Route 'ExceptIfSentToMemberOf') + @($group) | Where-Object { $_ } | Sort-Object -Unique)
        return
    }
    $all = @(@(Get-Value $Route 'ExceptIfSentTo') + $want | Where-Object { $_ } | ForEach-Object { [string]$_ } | Sort-Object -Unique)
    if ($all.Count -eq 0) { return }
    # Exchange Online takes 8 KB for a rule.
    if (($all -join ',').Length -gt 6000) { throw ([string]$all.Count + ' recipients to leave out do not fit into a rule. Make a group of them, name it as except_group in the tenant''s table microsoft365, and write the script again. They are: ' + ($all -join ', ')) }
    $Wanted['ExceptIfSentTo'] = $all
}

function Read-Secret($Route) {
    if (-not $Setup.RoutingField -or -not $Create) { return '' }
    if ($script:Secret) { return $script:Secret }
    if ($SecretFile) { $script:Secret = Read-FirstLine $SecretFile 'routing code' }
    elseif ($null -ne $Route) { return '' }
    elseif ($WhatIfPreference) { return 'not asked for' }
    else {
        $secure = Read-Host -AsSecureString -Prompt 'Routing code (first line of routing_code_file)'
        $script:Secret = [System.Net.NetworkCredential]::new('', $secure).Password.Trim()
    }
    if (-not $script:Secret) { throw 'Without the routing code the relay would not know the tenant''s mail.' }
    return $script:Secret
}

# As sigmilter reads secrets: empty lines and those that begin with # do not count.
function Read-FirstLine($Path, $What) {
    $lines = @(Get-Content -LiteralPath $Path | ForEach-Object { $_.Trim() } | Where-Object { $_ -and -not $_.StartsWith('#') })
    if ($lines.Count -eq 0) { throw ('No ' + $What + ' is in ' + $Path + '.') }
    return $lines[0]
}

function Find-Skips($Tenant) { return @($Tenant.Rules | Where-Object { (Test-Ours $_) -and ((Get-Role $_) -ne 'route') }) }

function Add-PauseSteps($Tenant) {
    $routes = @(Find-Own $Tenant.Rules 'route' $RouteName)
    if ($routes.Count -eq 0) { throw 'There is no routing rule of this script: -Create makes it.' }
    foreach ($rule in $routes + (Find-Skips $Tenant)) { if (Test-On $rule) { Add-RuleStep $rule.Name 'Disable' } }
}

function Add-ResumeSteps($Tenant) {
    Add-CreateSteps $Tenant
    $wrong = @($Plan | Where-Object { $_.Action -notlike 'switch*' } | ForEach-Object { $_.Object })
    $Plan.Clear()
    if ($wrong.Count -gt 0) { throw ('First run -Create, which mends: ' + ($wrong -join ', ')) }
    foreach ($rule in @(Find-Skips $Tenant) + @(Find-Route $Tenant)) { if (-not (Test-On $rule)) { Add-RuleStep $rule.Name 'Enable' } }
}

function Add-RemoveSteps($Tenant) {
    if ($Drained) { Assert-Drained $Tenant }
    foreach ($rule in @(Find-Own $Tenant.Rules 'route' $RouteName)) { Add-RuleStep $rule.Name 'Remove' }
    foreach ($rule in Find-Skips $Tenant) { if ($Drained) { Add-RuleStep $rule.Name 'Remove' } elseif (Test-On $rule) { Add-RuleStep $rule.Name 'Disable' } }
    if (-not $Drained) { return }
    foreach ($kind in 'Outbound', 'Inbound') {
        foreach ($c in $Tenant[$kind]) {
            if (Test-Ours $c) { Add-Step ($kind + ' connector "' + $c.Name + '"') 'remove' ('Remove-' + $kind + 'Connector') @{ Identity = $c.Name; Confirm = $false } }
        }
    }
}

# Stops a removal that would have mail refused.
function Assert-Drained($Tenant) {
    if (@(Find-Own $Tenant.Rules 'route' $RouteName).Count -gt 0) { throw 'The routing rule is there: -Remove removes it first. Run -Drained some hours after that.' }
    $names = @($Tenant.Outbound | Where-Object { Test-Ours $_ } | ForEach-Object { $_.Name })
    foreach ($rule in $Tenant.Rules) {
        $to = [string](Get-Value $rule 'RouteMessageOutboundConnector')
        if ($to -and ($names -contains $to)) { throw ('Rule "' + $rule.Name + '" still routes mail by the connector "' + $to + '": remove that rule first.') }
    }
    $cmdlet = 'Get-MessageTraceV2'
    if (-not (Get-Command -Name $cmdlet -ErrorAction SilentlyContinue)) { $cmdlet = 'Get-MessageTrace' }
    $pending = @(Invoke-Service $cmdlet @{ Status = 'Pending'; StartDate = [DateTime]::UtcNow.AddDays(-2); EndDate = [DateTime]::UtcNow } | Where-Object { $null -ne $_ })
    if ($pending.Count -gt 0) { throw ([string]$pending.Count + ' messages are pending, and may be on their way by the relay: wait until Get-MessageTraceV2 -Status Pending shows none, then run this again.') }
}

# ---- what only an admin can change ----

$Advice = New-Object System.Collections.ArrayList

# Level: stop, where mail would be lost; look, which makes the exit status 1; note.
function Add-Advice($Level, $Text) { $null = $Advice.Add([pscustomobject]@{ Level = $Level; Text = $Text }) }

function Add-DomainAdvice($Tenant) {
    $ours = @($Setup.Domains | ForEach-Object { ConvertTo-Ascii $_ })
    $name = ConvertTo-Ascii ($Setup.Certificate -replace '^\*\.', '')
    $missing = @($ours | Where-Object { $Tenant.Domains -notcontains $_ })
    $others = @($Tenant.Domains | Where-Object { ($ours -notcontains $_) -and ($_ -notlike '*.onmicrosoft.com') -and ($_ -ne $name) })
    $above = @($Tenant.Domains | Where-Object { ($name -eq $_) -or $name.EndsWith('.' + $_) })
    if ($missing) { Add-Advice 'stop' ('Not accepted domains of this tenant: ' + ($missing -join ', ') + '. Is this the right tenant? Else take them out of the configuration.') }
    elseif ($others) { Add-Advice 'note' ('Mail from ' + ($others -join ', ') + ' is routed to the relay and not signed. To sign it: domains = ["' + (($ours + $others) -join '", "') + '"]') }
    if (-not $above) { Add-Advice 'stop' ('The name of the relay''s certificate, ' + $Setup.Certificate + ', is no accepted domain of this tenant: returned mail would be refused (550 5.7.64). Add and verify it as a domain.') }
    elseif ($above -notcontains $name) { Add-Advice 'note' ('The name of the relay''s certificate, ' + $Setup.Certificate + ', is only below the accepted domain ' + $above[0] + '. If returned mail is refused with 550 5.7.64, add it as a domain.') }
}

# Exchange Online takes the connector whose certificate name fits: two of a name
# would get each other's mail.
function Add-ConnectorAdvice($Tenant) {
    foreach ($c in @($Tenant.Inbound) + @($Tenant.Outbound) | Where-Object { -not (Test-Ours $_) }) {
        $what = 'Connector "' + $c.Name + '" '
        $name = [string](Get-Value $c 'TlsSenderCertificateName')
        if (((Get-Value $c 'ConnectorSource') -eq 'HybridWizard') -or ($c.Name -like 'Inbound from *') -or ($c.Name -like 'Outbound to *')) { Add-Advice 'note' ($what + 'is of a hybrid set-up and left alone. See hybrid-and-multi-tenant.md.') }
        if ((Get-Value $c 'RouteAllMessagesViaOnPremises') -eq $true) { Add-Advice 'note' ($what + 'sends all mail through your own Exchange servers: signed mail goes there after the relay.') }
        if (((Get-Value $c 'ConnectorType') -ne 'OnPremises') -or -not $name) { continue }
        if ($name -eq $Setup.Certificate) { Add-Advice 'stop' ($what + 'expects the certificate ' + $name + ' as well. Give the relay a certificate name of its own.') }
        elseif (($name -like '`*.*') -and $Setup.Certificate.EndsWith($name.Substring(1))) { Add-Advice 'note' ($what + 'expects ' + $name + ', which covers ' + $Setup.Certificate + ': mail may be taken for that connector''s.') }
    }
}

function Add-RuleAdvice($Tenant) {
    $route = Find-Route $Tenant
    if ($null -eq $route) { return }
    foreach ($rule in $Tenant.Rules | Where-Object { (Test-On $_) -and -not (Test-Ours $_) }) {
        $routes = Get-Value $rule 'RouteMessageOutboundConnector'
        $what = 'Rule "' + $rule.Name + '" '
        if ($rule.Priority -gt $route.Priority) {
            if ($routes) { Add-Advice 'note' ($what + 'routes mail too. It comes after "' + $route.Name + '", and mail that is to be signed does not reach it.') }
        } elseif ($routes -or ((Get-Value $rule 'StopRuleProcessing') -eq $true)) {
            Add-Advice 'look' ($what + 'stands above "' + $route.Name + '" and routes mail or stops the processing of rules: what it applies to is not signed. Unless that is meant: Set-TransportRule -Identity ' + (Format-Quoted $rule.Name) + ' -Priority ' + $route.Priority)
        }
    }
}

# A string of PowerShell, for what is printed to be pasted. PowerShell takes the
# typographic quotation marks for apostrophes too.
function Format-Quoted($Text) { return ("'" + ($Text -replace '[''\u2018-\u201B]', '$&$&') + "'") }

# What -Status also looks at; nothing of it is changed here.
function Add-StatusAdvice($Tenant) {
    $route = Find-Route $Tenant
    if (Get-Value $route 'FromMemberOf') { Add-Advice 'note' ('Only mail of members of ' + (Format-Value 'FromMemberOf' $route.FromMemberOf) + ' is routed.') }
    if ($GroupLacks) { Add-Advice 'look' ('Not members of ' + $Setup.ExceptGroup + ', and to be left out: ' + ($GroupLacks -join ', ')) }
    Read-Optional {
        Read-Excluded
        if ($Excluded) { Add-Advice 'note' ('May refuse or mistake mail that comes back (rooms, equipment, groups): ' + ($Excluded -join ', ') + '. -Create -Exclude leaves them out.') }
    }
    Read-Optional {
        $on = @(Invoke-Service 'Get-DkimSigningConfig' | Where-Object { (Get-Value $_ 'Enabled') -eq $true } | ForEach-Object { ConvertTo-Ascii ([string](Get-Value $_ 'Domain')) })
        $off = @($Setup.Domains | Where-Object { $on -notcontains (ConvertTo-Ascii $_) })
        if ($off) { Add-Advice 'note' ('Exchange Online does not sign with DKIM for ' + ($off -join ', ') + '. It signs after the relay, so that this is safe to switch on: publish selector1._domainkey and selector2._domainkey as Get-DkimSigningConfig shows them.') }
    }
    Read-Optional {
        $rich = @(Invoke-Service 'Get-RemoteDomain' | Where-Object { ($_.DomainName -eq '*') -and ((Get-Value $_ 'TNEFEnabled') -ne $false) })
        if ($rich) { Add-Advice 'note' 'Rich text may leave as winmail.dat, which is not signed: -Create -NoRichText switches that off.' }
    }
    Add-Advice 'note' ('To publish: SPF of ' + ($Setup.Domains -join ', ') + ' with include:spf.protection.outlook.com; the relay hands mail back and needs no entry. Certificate of the relay: ' + $Setup.TlsDomain + '. In Postfix: relayhost = [' + ($Setup.Domains[0] -replace '\.', '-') + '.mail.protection.outlook.com]:25')
    if (-not $Validate) { return }
    foreach ($r in @(Invoke-Service 'Validate-OutboundConnector' @{ Identity = $Setup.Outbound; Recipients = $Validate })) {
        Add-Advice $(if ((Get-Value $r 'IsTaskSuccessful') -eq $true) { 'note' } else { 'look' }) ('Validation: ' + $r.TaskName + ' ' + (Get-Value $r 'TaskDetail'))
    }
}

function Read-Optional([scriptblock] $Do) { try { & $Do } catch { Add-Advice 'look' ('Could not be read. ' + $_.Exception.Message) } }

# ---- doing ----

# Takes the steps of the plan, and none behind one that was refused.
function Invoke-Plan {
    $stopped = $false
    foreach ($step in $Plan) {
        if ($stopped) { $step.Result = 'not reached'; continue }
        if ($step.NeedsLive -and -not $Live) { $step.Result = 'not done: the routing rule is on, -Live allows it'; continue }
        $action = $step.Action
        if ($step.Differs) { $action += ': ' + $step.Differs }
        if (-not $PSCmdlet.ShouldProcess($step.Object, $action)) { $step.Result = 'not done'; $stopped = -not $WhatIfPreference; continue }
        $late = $(if ($step.Cmdlet -eq 'New-TransportRule') { 'couldn''t be found' })   # the connector, just made
        try { $null = Invoke-Service $step.Cmdlet $step.With $late; $step.Result = 'done' }
        catch { $step.Result = 'refused: ' + $_.Exception.Message; $stopped = $true }
    }
}

# Reads back what was done: a change may be seen late, so that it is looked for again
# for a minute.
function Confirm-Plan($Planner) {
    $done = @($Plan | Where-Object { $_.Result -eq 'done' })
    if ($done.Count -eq 0) { return }
    foreach ($wait in 0, 1, 2, 4, 8, 15, 30) {
        Start-Sleep -Seconds $wait
        $Plan.Clear()
        $tenant = Read-Tenant
        & $Planner $tenant
        $open = @($Plan | ForEach-Object { $_.Object + $_.Action })
        $late = @($done | Where-Object { $open -contains ($_.Object + $_.Action) })
        if ($late.Count -eq 0) { break }
    }
    foreach ($step in $late) { $step.Result = 'done, but it does not show: run this again' }
}

function Invoke-Action($Planner, $Tenant) {
    & $Planner $Tenant
    $foreign = @($Plan | Where-Object { $_.NeedsAdopt } | ForEach-Object { $_.Object })
    if (($foreign.Count -gt 0) -and -not $Adopt) {
        throw ('This script made them under another name, or for another key in the configuration: ' + ($foreign -join ', ') + '. -Create -Adopt takes them over.')
    }
    $script:Steps = @($Plan)
    Invoke-Plan
    if (@($Steps | Where-Object { $_.Result -like 'refused*' }).Count -eq 0) { Confirm-Plan $Planner }
}

# What there is of ours, as lines of the result.
function Get-States($Tenant) {
    foreach ($o in @($Tenant.Inbound) + @($Tenant.Outbound) + @($Tenant.Rules)) {
        if (-not (Test-Ours $o)) { continue }
        $off = ((Get-Value $o 'Enabled') -eq $false) -or ((Get-Value $o 'State') -eq 'Disabled')
        [pscustomobject]@{ Object = '"' + $o.Name + '"'; Action = $(if ($off) { 'is off' } else { 'is on' }); Differs = ''; Result = '' }
    }
}

$StatusWords = @{ 'make' = 'missing'; 'mend' = 'differs' }

# The result, for people or as objects. Both go where output goes.
function Write-Result {
    if ($PassThru) { return (@($States) + @($Steps | Select-Object -Property 'Object', 'Action', 'Differs', 'Result') + @($Advice)) }
    foreach ($s in @($States) + @($Steps)) {
        if (-not $s.Result -and $StatusWords.ContainsKey($s.Action)) { $s.Action = $StatusWords[$s.Action] }
        $s.Object + ': ' + $s.Action + $(if ($s.Differs) { ' (' + $s.Differs + ')' }) + $(if ($s.Result) { ': ' + $s.Result })
    }
    if (($Steps.Count -eq 0) -and -not $Failed) { 'All is as wanted.' }
    foreach ($a in $Advice) { $a.Level + ': ' + $a.Text }
}

# ---- signing in ----

# Opens a session and returns its id, $null when that of -Connected is used.
function Connect-Tenant {
    if ($Connected) { return $null }
    if (-not (Get-Command -Name Connect-ExchangeOnline -ErrorAction SilentlyContinue)) { throw 'The module ExchangeOnlineManagement is missing: Install-Module ExchangeOnlineManagement' }
    if ($Device -and ($PSVersionTable.PSVersion.Major -lt 7)) { throw '-Device needs PowerShell 7.' }
    if (($AppId -or $ManagedIdentity) -and -not $Organization) { throw '-AppId and -ManagedIdentity need -Organization, such as contoso.onmicrosoft.com.' }
    if ($AppId -and -not ($CertificateThumbprint -or $CertificateFile)) { throw '-AppId needs -CertificateThumbprint or -CertificateFile.' }
    $how = @{ ShowBanner = $false; ExchangeEnvironmentName = $Environment }
    foreach ($name in 'DelegatedOrganization', 'AppId', 'Organization', 'CertificateThumbprint') {
        $value = Get-Variable -Name $name -ValueOnly
        if ($value) { $how[$name] = $value }
    }
    foreach ($name in 'Device', 'ManagedIdentity') { if (Get-Variable -Name $name -ValueOnly) { $how[$name] = $true } }
    if ($CertificateFile) { $how['CertificateFilePath'] = $CertificateFile; $how['CertificatePassword'] = Read-Password }
    $before = @(Invoke-Service 'Get-ConnectionInformation' | ForEach-Object { [string]$_.ConnectionId })
    $null = Invoke-Service 'Connect-ExchangeOnline' $how
    return @(Invoke-Service 'Get-ConnectionInformation' | ForEach-Object { [string]$_.ConnectionId } | Where-Object { $before -notcontains $_ })
}

function Read-Password {
    if (-not $CertificatePasswordFile) { return (Read-Host -AsSecureString -Prompt ('Password of ' + $CertificateFile)) }
    $secure = New-Object System.Security.SecureString
    foreach ($letter in (Read-FirstLine $CertificatePasswordFile 'password').ToCharArray()) { $secure.AppendChar($letter) }
    return $secure
}

function Invoke-Main {
    if ($PilotGroup -and $Everyone) { throw 'Give -PilotGroup or -Everyone, not both.' }
    $tenant = Read-Tenant
    Add-DomainAdvice $tenant
    Add-ConnectorAdvice $tenant
    $stops = @($Advice | Where-Object { $_.Level -eq 'stop' } | ForEach-Object { $_.Text })
    if (($Create -or $Resume) -and ($stops.Count -gt 0)) { throw ($stops -join ' ') }
    if (-not $Remove) { Add-RuleAdvice $tenant }
    if ($Create) { Invoke-Action 'Add-CreateSteps' $tenant }
    elseif ($Pause) { Invoke-Action 'Add-PauseSteps' $tenant }
    elseif ($Resume) { Invoke-Action 'Add-ResumeSteps' $tenant }
    elseif ($Remove) { Invoke-Action 'Add-RemoveSteps' $tenant }
    else {
        Add-CreateSteps $tenant
        $script:States = @(Get-States $tenant)
        $script:Steps = @($Plan)
        Add-StatusAdvice $tenant
    }
    if ($Remove -and $Steps.Count -gt 0 -and -not $Drained) { Add-Advice 'note' 'No more mail goes to the relay within 30 minutes. Mail on its way needs the rest: when the relay''s queue is empty, some hours later, run this with -Remove -Drained.' }
    $others = @($tenant.Rules | Where-Object { -not (Test-Ours $_) }).Count
    if ($Create -and ($others -gt 0) -and @($Steps | Where-Object { $_.Cmdlet -eq 'New-TransportRule' })) { Add-Advice 'note' ('New rules stand above ' + $others + ' rules of others, which keep their order.') }
    $left = @($Setup.Allow | Where-Object { $tenant.Allow -contains $_ })
    if ($Drained -and $left) { Add-Advice 'note' ('Left in the IP allow list. If nothing else needs it: Set-HostedConnectionFilterPolicy -Identity Default -IPAllowList @{ Remove = ' + (@($left | ForEach-Object { Format-Quoted $_ }) -join ', ') + ' }') }
    if ($Create -and -not (Test-On (Find-Route $tenant))) { Add-Advice 'note' 'The routing rule is switched off. When the relay is ready, run this with -Resume.' }
}

$connection = @()
try { $connection = @(Connect-Tenant); Invoke-Main } catch { Add-Advice 'stop' $_.Exception.Message }
try {
    foreach ($id in $connection) { $null = Invoke-Service 'Disconnect-ExchangeOnline' @{ ConnectionId = $id; Confirm = $false } }
} catch { Add-Advice 'look' $_.Exception.Message }
$wrong = @($Steps | Where-Object { ($_.Result -ne 'done') -and -not $WhatIfPreference }) + @($Advice | Where-Object { $_.Level -ne 'note' })
$Failed = $wrong.Count -gt 0
Write-Result
if ($Failed) { exit 1 }
