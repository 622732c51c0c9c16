<#
.SYNOPSIS
    Connectors and mail flow rules of Exchange Online for sigmilter.
.DESCRIPTION
    Written by "sigmilter m365 script" from the configuration; write it again when
    that changes. It may be run any number of times: what is right is left as it is.
    Without -Create or -Remove it only looks (-Status). It touches nothing but objects
    of its own, which have the comment it gives them. Other connectors and rules, those
    of a hybrid set-up among them, are read and never changed.

    The routing code is not in this file. It is read from -SecretFile, the file of
    routing_code_file, or asked for, when the rule is made.
.PARAMETER Create
    Makes or mends the connectors and rules. The routing rule is made switched off.
.PARAMETER Remove
    Removes the routing rule. Run it again with -Drained, some hours later, to remove
    the rest: mail that is on its way still needs the connectors.
.PARAMETER Status
    Tells what is there and what differs. The exit status is 1 if anything does.
.PARAMETER SecretFile
    File whose first line is the routing code. Given for a rule that is there already,
    it changes the code.
.PARAMETER PilotGroup
    Address of a group: only mail of its members is routed.
.PARAMETER Everyone
    Takes the limit to a pilot group away again.
.PARAMETER Drained
    With -Remove: no mail is on its way any more, remove the connectors too.
.PARAMETER Device
    Sign in with a code on another device. Needs PowerShell 7.
.PARAMETER AppId
    Sign in as an application, with -Organization and -CertificateThumbprint or
    -CertificateFile.
.PARAMETER Organization
    The tenant's name for -AppId, such as contoso.onmicrosoft.com.
.PARAMETER CertificateThumbprint
    The application's certificate in the certificate store of Windows.
.PARAMETER CertificateFile
    The application's certificate as a .pfx file; its password is asked for.
.PARAMETER Environment
    The cloud, for other than the worldwide one, such as O365USGovGCCHigh.
.PARAMETER Connected
    Use the session of Connect-ExchangeOnline that is there.
.EXAMPLE
    ./sigmilter.ps1 -Create -WhatIf
.EXAMPLE
    ./sigmilter.ps1 -Create -SecretFile contoso.code -PilotGroup pilot@contoso.com
#>
[CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'Status')]
param(
    [Parameter(ParameterSetName = 'Create', Mandatory = $true)] [switch] $Create,
    [Parameter(ParameterSetName = 'Create')] [string] $SecretFile,
    [Parameter(ParameterSetName = 'Create')] [string] $PilotGroup,
    [Parameter(ParameterSetName = 'Create')] [switch] $Everyone,
    [Parameter(ParameterSetName = 'Remove', Mandatory = $true)] [switch] $Remove,
    [Parameter(ParameterSetName = 'Remove')] [switch] $Drained,
    [Parameter(ParameterSetName = 'Status')] [switch] $Status,
    [switch] $Device,
    [string] $AppId,
    [string] $Organization,
    [string] $CertificateThumbprint,
    [string] $CertificateFile,
    [string] $Environment = 'O365Default',
    [switch] $Connected
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

#SETTINGS#

# By this comment the script knows what it made.
$Mark = 'Made by sigmilter m365 script for tenant ' + $Setup.Tenant
$RouteName = $Setup.Name + ' route'

# ---- what is wanted ----

$WantedInbound = @{
    ConnectorType            = 'OnPremises'
    SenderDomains            = '*'
    RequireTls               = $true
    TlsSenderCertificateName = $Setup.Certificate
    CloudServicesMailEnabled = $true
    Comment                  = $Mark
}

$WantedOutbound = @{
    ConnectorType                 = 'OnPremises'
    IsTransportRuleScoped         = $true
    UseMXRecord                   = $false
    SmartHosts                    = $Setup.Relay
    TlsSettings                   = 'DomainValidation'
    TlsDomain                     = $Setup.Relay
    CloudServicesMailEnabled      = $true
    RouteAllMessagesViaOnPremises = $false
    AllAcceptedDomains            = $false
    Comment                       = $Mark
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

function Get-SkipSettings {
    param($Rule)
    $settings = @{
        FromScope      = 'InOrganization'
        SetHeaderName  = $Setup.GuardField
        SetHeaderValue = 'Yes'
        Comments       = $Mark
    }
    foreach ($name in $Rule.Keys) {
        if ($name -ne 'Title') { $settings[$name] = $Rule[$name] }
    }
    return $settings
}

$WantedRoute = @{
    FromScope                           = 'InOrganization'
    RouteMessageOutboundConnector       = $Setup.Outbound
    StopRuleProcessing                  = $true
    RuleErrorAction                     = $Setup.RuleErrorAction
    ExceptIfHeaderContainsMessageHeader = $Setup.GuardField
    ExceptIfHeaderContainsWords         = 'Yes'
    ExceptIfMessageTypeMatches          = 'Calendaring'
    ExceptIfMessageSizeOver             = $Setup.MaxSize
    Comments                            = $Mark
}
if ($Setup.RoutingField) { $WantedRoute['SetHeaderName'] = $Setup.RoutingField }

# ---- reading ----

function Get-Value {
    param($Object, $Name)
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    return $property.Value
}

function Format-Value {
    param($Name, $Value)
    if ($null -eq $Value) { return '' }
    # Exchange Online shows sizes as "25 MB (26,214,400 bytes)".
    if ($Name -eq 'ExceptIfMessageSizeOver') {
        $text = [string]$Value
        if ($text -match '\(([^)]*) bytes\)') { $text = $Matches[1] }
        return ($text -replace '[^0-9]', '')
    }
    $words = @($Value | ForEach-Object { [string]$_ })
    # Exchange Online shows a domain of senders as "smtp:*;1".
    if ($Name -eq 'SenderDomains') { $words = @($words -replace '^smtp:', '' -replace ';[0-9]+$', '') }
    return (($words | Sort-Object) -join ',')
}

# A text in single quotes, for a command that is printed to be pasted. PowerShell takes
# each of five letters for the end of such a text, and two of them for the letter.
function Format-Quoted {
    param([string] $Text)
    return ("'" + ($Text -replace '[''\u2018-\u201B]', '$&$&') + "'")
}

# The names of the settings that an object has otherwise.
function Get-Difference {
    param($Object, $Wanted)
    foreach ($name in ($Wanted.Keys | Sort-Object)) {
        $is = Format-Value $name (Get-Value $Object $name)
        $ought = Format-Value $name $Wanted[$name]
        if ($name -eq 'SetHeaderValue') { if ($is -cne $ought) { $name } }
        elseif ($is -ne $ought) { $name }
    }
}

function Find-Named {
    param($Objects, $Name)
    foreach ($object in $Objects) {
        if ($object.Name -eq $Name) { return $object }
    }
    return $null
}

function Test-Ours {
    param($Object)
    return (((Get-Value $Object 'Comment') -eq $Mark) -or ((Get-Value $Object 'Comments') -eq $Mark))
}

function Assert-Ours {
    param($Object, $What)
    if (($null -ne $Object) -and -not (Test-Ours $Object)) {
        throw ($What + ' "' + $Object.Name + '" is there and was not made by this script. Rename it, or set another name in the tenant''s table microsoft365, and write the script again.')
    }
}

function Get-Outbound {
    # Asked for both, for without the parameter not all versions show both.
    @(Get-OutboundConnector -IsTransportRuleScoped $true) + @(Get-OutboundConnector -IsTransportRuleScoped $false) | Where-Object { $null -ne $_ }
}

function Get-Rules {
    @(Get-TransportRule -ResultSize Unlimited) | Where-Object { $null -ne $_ } | Sort-Object -Property Priority
}

# What is in the tenant already.
function Read-Tenant {
    return @{
        Domains  = @(Get-AcceptedDomain)
        Inbound  = @(Get-InboundConnector)
        Outbound = @(Get-Outbound)
        Rules    = @(Get-Rules)
    }
}

# ---- looking ----

# Stops where mail would be lost or refused, warns of the rest.
function Assert-Domains {
    param($Tenant)
    $there = @($Tenant.Domains | ForEach-Object { ([string]$_.DomainName).ToLowerInvariant() })
    $missing = @($Setup.Domains | Where-Object { $there -notcontains $_ })
    if ($missing.Count -gt 0) {
        throw ('Not accepted domains of this tenant: ' + ($missing -join ', ') + '. Is this the right tenant? Else take them out of the configuration.')
    }
    foreach ($domain in $there) {
        if (($Setup.Domains -notcontains $domain) -and ($domain -notlike '*.onmicrosoft.com') -and ($domain -ne $Setup.Certificate)) {
            Write-Warning ('Mail from ' + $domain + ' is routed to the relay and not signed: it is not among the tenant''s domains in the configuration.')
        }
    }
    $name = $Setup.Certificate -replace '^\*\.', ''
    $parents = @($there | Where-Object { $name.EndsWith('.' + $_) })
    if ($there -contains $name) { return }
    if ($parents.Count -eq 0) {
        throw ('The name of the relay''s certificate, ' + $Setup.Certificate + ', is no accepted domain of this tenant: returned mail would be refused (550 5.7.64). Add and verify it as a domain.')
    }
    Write-Warning ('The name of the relay''s certificate, ' + $Setup.Certificate + ', is only below the accepted domain ' + $parents[0] + '. If returned mail is refused with 550 5.7.64, add it as a domain.')
}

function Test-Hybrid {
    param($Connector)
    return (((Get-Value $Connector 'ConnectorSource') -eq 'HybridWizard') -or
        ($Connector.Name -like 'Inbound from *') -or ($Connector.Name -like 'Outbound to *'))
}

function Show-Others {
    param($Tenant)
    foreach ($connector in @($Tenant.Inbound) + @($Tenant.Outbound)) {
        if (Test-Hybrid $connector) {
            Write-Warning ('Hybrid set-up: connector "' + $connector.Name + '" is left alone. See hybrid-and-multi-tenant.md.')
        }
    }
    foreach ($connector in $Tenant.Outbound) {
        if ((Get-Value $connector 'RouteAllMessagesViaOnPremises') -eq $true) {
            Write-Warning ('Connector "' + $connector.Name + '" sends all mail through the own Exchange servers: signed mail goes there after the relay.')
        }
    }
    foreach ($rule in $Tenant.Rules) {
        if ((Get-Value $rule 'RouteMessageOutboundConnector') -and -not (Test-Ours $rule)) {
            Write-Warning ('Rule "' + $rule.Name + '" routes mail too. It must come after "' + $RouteName + '", so that signing comes first.')
        }
    }
}

# Exchange Online takes the connector whose certificate name fits: two of a name
# would get each other's mail.
function Assert-Certificate {
    param($Tenant)
    foreach ($connector in $Tenant.Inbound) {
        $name = [string](Get-Value $connector 'TlsSenderCertificateName')
        if ((Test-Ours $connector) -or ((Get-Value $connector 'ConnectorType') -ne 'OnPremises') -or -not $name) { continue }
        if ($name -eq $Setup.Certificate) {
            throw ('Connector "' + $connector.Name + '" expects the certificate ' + $name + ' as well. Give the relay a certificate name of its own.')
        }
        if (($name -like '`*.*') -and $Setup.Certificate.EndsWith($name.Substring(1))) {
            Write-Warning ('Connector "' + $connector.Name + '" expects ' + $name + ', which covers ' + $Setup.Certificate + ': mail may be taken for that connector''s.')
        }
    }
}

# ---- doing ----

function Read-Secret {
    param($Rule)
    if (-not $Setup.RoutingField) { return '' }
    if ($SecretFile) {
        # As sigmilter reads it: empty lines and those that begin with # do not count.
        $lines = @(Get-Content -LiteralPath $SecretFile | ForEach-Object { $_.Trim() } | Where-Object { $_ -and -not $_.StartsWith('#') })
        if ($lines.Count -eq 0) { throw ('No routing code is in ' + $SecretFile + '.') }
        return $lines[0]
    }
    if ($null -ne $Rule) { return '' }
    if ($WhatIfPreference) { return 'not asked for' }
    $secure = Read-Host -AsSecureString -Prompt 'Routing code (first line of routing_code_file)'
    $secret = [System.Net.NetworkCredential]::new('', $secure).Password.Trim()
    if (-not $secret) { throw 'Without the routing code the relay would not know the tenant''s mail.' }
    return $secret
}

$Pairs = @(
    @('SetHeaderName', 'SetHeaderValue'),
    @('HeaderContainsMessageHeader', 'HeaderContainsWords'),
    @('ExceptIfHeaderContainsMessageHeader', 'ExceptIfHeaderContainsWords')
)

# The settings to change, or $null for none.
function Get-Change {
    param($Object, $Wanted, $What)
    $names = @(Get-Difference $Object $Wanted)
    if ($names.Count -eq 0) {
        Write-Host ($What + ': nothing to do')
        return $null
    }
    # Of a field's name and its value, neither can be set alone.
    foreach ($pair in $Pairs) {
        if (($names -contains $pair[0]) -or ($names -contains $pair[1])) { $names += $pair }
    }
    $change = @{ Identity = $Object.Name }
    foreach ($name in $names) {
        if (-not $Wanted.ContainsKey($name)) { throw ($What + ' has another routing field now: give -SecretFile.') }
        $change[$name] = $Wanted[$name]
    }
    return $change
}

function Sync-Inbound {
    param($Tenant)
    $what = 'Inbound connector "' + $Setup.Inbound + '"'
    $there = Find-Named $Tenant.Inbound $Setup.Inbound
    Assert-Ours $there 'Inbound connector'
    if ($null -eq $there) {
        if ($PSCmdlet.ShouldProcess($what, 'make')) { $null = New-InboundConnector -Name $Setup.Inbound @WantedInbound }
    } else {
        $change = Get-Change $there $WantedInbound $what
        if (($null -ne $change) -and $PSCmdlet.ShouldProcess($what, 'mend')) { Set-InboundConnector @change }
    }
    # New connectors of this type may be made switched off.
    $there = Find-Named @(Get-InboundConnector) $Setup.Inbound
    if (($null -ne $there) -and ((Get-Value $there 'Enabled') -eq $false)) {
        Write-Warning ($what + ' is switched off. Try Set-InboundConnector -Identity ' + (Format-Quoted $Setup.Inbound) + ' -Enabled $true; if that is refused, Microsoft support must allow it. Do not enable the rule before.')
    }
}

function Sync-Outbound {
    param($Tenant)
    $what = 'Outbound connector "' + $Setup.Outbound + '"'
    $there = Find-Named $Tenant.Outbound $Setup.Outbound
    Assert-Ours $there 'Outbound connector'
    if ($null -eq $there) {
        if ($PSCmdlet.ShouldProcess($what, 'make')) { $null = New-OutboundConnector -Name $Setup.Outbound @WantedOutbound }
        return
    }
    $change = Get-Change $there $WantedOutbound $what
    if (($null -ne $change) -and $PSCmdlet.ShouldProcess($what, 'mend')) { Set-OutboundConnector @change }
}

# Adds to the list and never assigns it, which would drop what others put there.
function Sync-AllowList {
    if ($Setup.Allow.Count -eq 0) { return }
    $policy = Get-HostedConnectionFilterPolicy -Identity Default
    $there = @((Get-Value $policy 'IPAllowList') | ForEach-Object { [string]$_ })
    $missing = @($Setup.Allow | Where-Object { $there -notcontains $_ })
    if ($missing.Count -eq 0) {
        Write-Output 'IP allow list: nothing to do'
        return
    }
    if ($PSCmdlet.ShouldProcess('IP allow list', 'add ' + ($missing -join ', '))) {
        Set-HostedConnectionFilterPolicy -Identity Default -IPAllowList @{ Add = $missing }
    }
}

# Makes or mends one rule below the rule of ours that comes before it, and gives
# its priority back.
function Sync-Rule {
    param($Name, $Wanted, $Enabled, $After)
    $what = 'Rule "' + $Name + '"'
    $there = Find-Named @(Get-Rules) $Name
    Assert-Ours $there 'Rule'
    if ($null -eq $there) {
        if (-not $PSCmdlet.ShouldProcess($what, 'make')) { return $After }
        $null = New-TransportRule -Name $Name -Priority ($After + 1) -Enabled $Enabled @Wanted
        return ($After + 1)
    }
    $change = Get-Change $there $Wanted $what
    if (($null -ne $change) -and $PSCmdlet.ShouldProcess($what, 'mend')) { $null = Set-TransportRule @change }
    if ($there.Priority -gt $After) { return $there.Priority }
    # Taken out above, the rules below move up by one: so it ends below that rule.
    if ($PSCmdlet.ShouldProcess($what, 'move below the rules that must come before it')) { $null = Set-TransportRule -Identity $Name -Priority $After }
    return $After
}

function Sync-Rules {
    param($Tenant)
    $last = -1
    foreach ($rule in $SkipRules) {
        $last = Sync-Rule ($Setup.Name + ' ' + $rule.Title) (Get-SkipSettings $rule) $true $last
    }
    $there = Find-Named $Tenant.Rules $RouteName
    $secret = Read-Secret $there
    if ($secret) { $WantedRoute['SetHeaderValue'] = $secret }
    if ($PilotGroup) { $WantedRoute['FromMemberOf'] = $PilotGroup }
    elseif ($Everyone -and ($null -ne $there)) { $WantedRoute['FromMemberOf'] = $null }
    $null = Sync-Rule $RouteName $WantedRoute $false $last
}

function Invoke-Create {
    param($Tenant)
    Assert-Domains $Tenant
    Assert-Certificate $Tenant
    Show-Others $Tenant
    Sync-Inbound $Tenant
    Sync-Outbound $Tenant
    Sync-AllowList
    Sync-Rules $Tenant
    $rule = Find-Named @(Get-Rules) $RouteName
    if (($null -ne $rule) -and ((Get-Value $rule 'State') -ne 'Enabled')) {
        Write-Output ('The routing rule is switched off. When the relay is ready: Enable-TransportRule ' + (Format-Quoted $RouteName))
    }
}

function Remove-Rules {
    param($Names)
    $rules = @(Get-Rules)
    foreach ($name in $Names) {
        $rule = Find-Named $rules $name
        if ($null -eq $rule) { continue }
        Assert-Ours $rule 'Rule'
        if ($PSCmdlet.ShouldProcess('Rule "' + $name + '"', 'remove')) { Remove-TransportRule -Identity $name -Confirm:$false }
    }
}

function Invoke-Remove {
    param($Tenant)
    Remove-Rules @($RouteName)
    if (-not $Drained) {
        Write-Output 'The routing rule is gone: no more mail goes to the relay within 30 minutes. Mail on its way needs the rest; when the relay''s queue is empty, some hours later, run -Remove -Drained.'
        return
    }
    Remove-Rules @($SkipRules | ForEach-Object { $Setup.Name + ' ' + $_.Title })
    $outbound = Find-Named $Tenant.Outbound $Setup.Outbound
    Assert-Ours $outbound 'Outbound connector'
    if (($null -ne $outbound) -and $PSCmdlet.ShouldProcess('Outbound connector "' + $Setup.Outbound + '"', 'remove')) {
        Remove-OutboundConnector -Identity $Setup.Outbound -Confirm:$false
    }
    $inbound = Find-Named $Tenant.Inbound $Setup.Inbound
    Assert-Ours $inbound 'Inbound connector'
    if (($null -ne $inbound) -and $PSCmdlet.ShouldProcess('Inbound connector "' + $Setup.Inbound + '"', 'remove')) {
        Remove-InboundConnector -Identity $Setup.Inbound -Confirm:$false
    }
    # They may have been there before us, so the admin decides.
    foreach ($address in $Setup.Allow) {
        Write-Output ('Left in the IP allow list. If nothing else needs it: Set-HostedConnectionFilterPolicy -Identity Default -IPAllowList @{ Remove = ' + (Format-Quoted $address) + ' }')
    }
}

function Get-Row {
    param($What, $Object, $Wanted, $State)
    $row = [ordered]@{ Object = $What; State = 'missing'; Differs = '' }
    if ($null -ne $Object) {
        $row.State = $State
        $row.Differs = (@(Get-Difference $Object $Wanted) -join ', ')
        if (-not (Test-Ours $Object)) { $row.Differs = 'not made by this script' }
    }
    return [pscustomobject]$row
}

function Get-EnabledWord {
    param($Object)
    if (($null -ne $Object) -and ((Get-Value $Object 'Enabled') -eq $false)) { return 'off' }
    return 'on'
}

function Get-Rows {
    param($Tenant)
    $inbound = Find-Named $Tenant.Inbound $Setup.Inbound
    Get-Row ('Inbound connector ' + $Setup.Inbound) $inbound $WantedInbound (Get-EnabledWord $inbound)
    $outbound = Find-Named $Tenant.Outbound $Setup.Outbound
    Get-Row ('Outbound connector ' + $Setup.Outbound) $outbound $WantedOutbound (Get-EnabledWord $outbound)
    foreach ($rule in $SkipRules) {
        $name = $Setup.Name + ' ' + $rule.Title
        $there = Find-Named $Tenant.Rules $name
        $state = ''
        if ($null -ne $there) { $state = [string](Get-Value $there 'State') }
        Get-Row ('Rule ' + $name) $there (Get-SkipSettings $rule) $state
    }
    $route = Find-Named $Tenant.Rules $RouteName
    $state = ''
    if ($null -ne $route) {
        $state = [string](Get-Value $route 'State')
        $group = Format-Value 'FromMemberOf' (Get-Value $route 'FromMemberOf')
        if ($group) { $state += ', only members of ' + $group }
    }
    Get-Row ('Rule ' + $RouteName) $route $WantedRoute $state
}

function Show-Status {
    param($Tenant)
    try { Assert-Domains $Tenant; Assert-Certificate $Tenant; $good = $true }
    catch { Write-Warning $_.Exception.Message; $good = $false }
    Show-Others $Tenant
    $rows = @(Get-Rows $Tenant)
    $rows | Format-Table -AutoSize -Wrap | Out-Host
    $bad = @($rows | Where-Object { ($_.State -eq 'missing') -or ($_.State -eq 'off') -or $_.Differs })
    return ($good -and ($bad.Count -eq 0))
}

# ---- signing in ----

function Connect-Tenant {
    if ($Connected) { return }
    if (-not (Get-Command -Name Connect-ExchangeOnline -ErrorAction SilentlyContinue)) {
        throw 'The module ExchangeOnlineManagement is missing: Install-Module ExchangeOnlineManagement'
    }
    $how = @{ ShowBanner = $false; ExchangeEnvironmentName = $Environment }
    if ($Device) {
        if ($PSVersionTable.PSVersion.Major -lt 7) { throw '-Device needs PowerShell 7.' }
        $how['Device'] = $true
    } elseif ($AppId) {
        if (-not $Organization) { throw '-AppId needs -Organization, such as contoso.onmicrosoft.com.' }
        $how['AppId'] = $AppId
        $how['Organization'] = $Organization
        if ($CertificateThumbprint) { $how['CertificateThumbprint'] = $CertificateThumbprint }
        elseif ($CertificateFile) {
            $how['CertificateFilePath'] = $CertificateFile
            $how['CertificatePassword'] = Read-Host -AsSecureString -Prompt ('Password of ' + $CertificateFile)
        } else { throw '-AppId needs -CertificateThumbprint or -CertificateFile.' }
    }
    Connect-ExchangeOnline @how
}

if (($PilotGroup) -and ($Everyone)) { throw 'Give -PilotGroup or -Everyone, not both.' }
Connect-Tenant
$right = $true
try {
    $tenant = Read-Tenant
    if ($Create) { Invoke-Create $tenant }
    elseif ($Remove) { Invoke-Remove $tenant }
    else { $right = Show-Status $tenant }
} finally {
    if (-not $Connected) { Disconnect-ExchangeOnline -Confirm:$false }
}
if (-not $right) { exit 1 }
