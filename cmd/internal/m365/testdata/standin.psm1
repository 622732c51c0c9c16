# A stand-in for Exchange Online, in memory: the cmdlets that the script uses, and what is
# recorded of how they behave. They are functions of a module and write their errors there,
# as those that Connect-ExchangeOnline makes do: $ErrorActionPreference of a script does not
# reach them. $Tenant is what is there; a test changes it as an admin would.
#
#   $Tenant.Refuse['New-InboundConnector'] = 'words of the service'
#   $Tenant.Busy['Get-TransportRule'] = 2     two answers of a busy service, then one
#   $Tenant.Late = 1                          a read shows what the one before it should have
#   $Tenant.TimesOut['New-X'] = 1             it is done, and the answer is that it timed out
#   $Tenant.Warns = $true                     each cmdlet that changes something warns
#   $Tenant.Log                               every call that changes something

$Parameters = @{
    'AcceptedDomain' = ''; 'ConnectionInformation' = ''; 'DkimSigningConfig' = ''
    'ExchangeOnline' = 'ShowBanner ExchangeEnvironmentName Device AppId Organization CertificateThumbprint CertificateFilePath CertificatePassword ManagedIdentity DelegatedOrganization ConnectionId'
    'InboundConnector' = 'Identity Name Enabled ConnectorType SenderDomains RequireTls TlsSenderCertificateName CloudServicesMailEnabled Comment AssociatedAcceptedDomains RestrictDomainsToIPAddresses SenderIPAddresses'
    'OutboundConnector' = 'Identity Name Enabled ConnectorType IsTransportRuleScoped UseMXRecord SmartHosts TlsSettings TlsDomain CloudServicesMailEnabled RouteAllMessagesViaOnPremises AllAcceptedDomains Comment Recipients RecipientDomains TestMode SenderRewritingEnabled'
    'TransportRule' = 'Identity Name Enabled ResultSize Mode Priority FromScope FromMemberOf SetHeaderName SetHeaderValue Comments MessageTypeMatches HeaderContainsMessageHeader HeaderContainsWords RouteMessageOutboundConnector StopRuleProcessing RuleErrorAction ExceptIfHeaderContainsMessageHeader ExceptIfHeaderContainsWords ExceptIfMessageTypeMatches ExceptIfMessageSizeOver ExceptIfSentTo ExceptIfSentToMemberOf ActivationDate ExpiryDate RemoveHeader SubjectContainsWords'
    'HostedConnectionFilterPolicy' = 'Identity IPAllowList'; 'RemoteDomain' = 'Identity TNEFEnabled'
    'Recipient' = 'Identity RecipientTypeDetails ResultSize'; 'DistributionGroup' = 'Identity ResultSize'; 'DynamicDistributionGroup' = 'Identity ResultSize'; 'DistributionGroupMember' = 'Identity ResultSize'
    'MessageTraceV2' = 'Status StartDate EndDate'
}
$Verbs = @{
    'ExchangeOnline' = 'Connect Disconnect'; 'InboundConnector' = 'Get New Set Remove'; 'OutboundConnector' = 'Get New Set Remove Validate'
    'TransportRule' = 'Get New Set Remove Enable Disable'; 'HostedConnectionFilterPolicy' = 'Get Set'; 'RemoteDomain' = 'Get Set'
}
$Lists = @{ 'InboundConnector' = 'Inbound'; 'OutboundConnector' = 'Outbound'; 'TransportRule' = 'Rules' }
$GoTogether = @('SetHeaderName', 'SetHeaderValue'), @('HeaderContainsMessageHeader', 'HeaderContainsWords'), @('ExceptIfHeaderContainsMessageHeader', 'ExceptIfHeaderContainsWords')

function Reset-Tenant {
    $global:Tenant = @{
        Domains = @('contoso.com', 'contoso.de', 'relay.contoso.com', 'contoso.onmicrosoft.com'); Allow = @('198.51.100.1')
        Inbound = @(); Outbound = @(); Rules = @(); People = @(); Members = @{}; Pending = @(); Rich = $true; Sessions = @('of-somebody-else')
        Log = [System.Collections.ArrayList]::new(); Refuse = @{}; Busy = @{}; Late = 0; Shown = @{}; TimesOut = @{}; Warns = $false
    }
}
Reset-Tenant
foreach ($cmdlet in "$env:STANDIN_REFUSE" -split ',') { if ($cmdlet) { $global:Tenant.Refuse[$cmdlet] = 'The operation is not allowed.' } }

function Get-Listed($List, $Id) {
    $found = $global:Tenant[$List] | Where-Object { $_.Name -eq $Id } | Select-Object -First 1
    if (-not $found) { throw "The object '$Id' couldn't be found." }
    return $found
}

function ConvertTo-Shown($Name, $Value) {
    if ($Name -eq 'SenderDomains') { return , @($Value | ForEach-Object { "smtp:$_;1" }) }
    if ($Name -eq 'ExceptIfMessageSizeOver') { return ('{0:N1} MB ({1:N0} bytes)' -f ([long]$Value / 1MB), [long]$Value) }
    if ($Name -like '*MemberOf' -and $Value) { return , @($Value | ForEach-Object { @(Find-Person $_)[0].PrimarySmtpAddress }) }
    return $Value
}

# Who answers to a name, an alias, an address or the name that is shown.
function Find-Person($Id) {
    $found = @($global:Tenant.People | Where-Object { $Id -in $_.Name, $_.Alias, $_.PrimarySmtpAddress, $_.DisplayName })
    if (-not $found) { throw "The operation couldn't be performed because object '$Id' couldn't be found." }
    return $found
}

function Write-Fields($Object, $Given) {
    foreach ($name in $Given.Keys) {
        if ($name -in 'Identity', 'Priority') { continue }
        if ($name -eq 'Enabled' -and $Object.PSObject.Properties['State']) { continue }
        $Object | Add-Member -Force -NotePropertyName $name -NotePropertyValue (ConvertTo-Shown $name $Given[$name])
    }
}

# Puts a rule at a priority, which must be one of those that there are.
function Move-Rule($Rule, $To, $Last) {
    if ($To -isnot [int] -or $To -lt 0 -or $To -gt $Last) { throw 'The specified rule priority is invalid.' }
    $order = [System.Collections.ArrayList]@($global:Tenant.Rules | Where-Object { $_.Name -ne $Rule.Name })
    $order.Insert($To, $Rule)
    for ($i = 0; $i -lt $order.Count; $i++) { $order[$i].Priority = $i }
    $global:Tenant.Rules = @($order)
}

function Assert-Given($Noun, $Given) {
    foreach ($name in $Given.Keys) {
        if ($name -notin ($Parameters[$Noun] -split ' ')) { throw "A parameter cannot be found that matches parameter name '$name'." }
    }
    foreach ($pair in $GoTogether) { if ($Given.ContainsKey($pair[0]) -ne $Given.ContainsKey($pair[1])) { throw "$($pair[0]) and $($pair[1]) must be given together." } }
    if ($Given.ContainsKey('Name') -and -not $Given['Name']) { throw 'The name is empty.' }
    if ($Given['Name'] -and $Given['Name'].Length -gt 64) { throw 'The name is too long.' }
    if ($Given['TlsDomain'] -match '^[0-9.]+$') { throw 'The TlsDomain is no domain.' }
    if ($Given['RouteMessageOutboundConnector']) { $null = Get-Listed 'Outbound' $Given['RouteMessageOutboundConnector'] }
}

function Show-List($List) {
    $now = @($global:Tenant[$List] | ForEach-Object { $_.PSObject.Copy() })
    if ($global:Tenant.Late -eq 0) { return $now }
    if (-not $global:Tenant.Shown.ContainsKey($List)) { $global:Tenant.Shown[$List] = $now }
    $before = $global:Tenant.Shown[$List]
    $global:Tenant.Shown[$List] = $now
    return $before
}

function Invoke-Standin($Verb, $Noun, $Given) {
    $t = $global:Tenant
    $cmdlet = $Verb + '-' + $Noun
    if ($t.Busy[$cmdlet] -gt 0) { $t.Busy[$cmdlet]--; throw 'Server busy (429). Retry-After: 1' }
    if ($t.Refuse.ContainsKey($cmdlet)) { throw $t.Refuse[$cmdlet] }
    Assert-Given $Noun $Given
    if ($Verb -notin 'Get', 'Validate', 'Connect', 'Disconnect') { $null = $t.Log.Add($cmdlet + ' ' + $Given['Identity'] + $Given['Name']) }
    if ($t.Warns -and $Verb -ne 'Get') { Write-Warning 'It may take 30 minutes.' }
    if ($Lists.ContainsKey($Noun) -and $Verb -ne 'Validate') {
        $answer = Invoke-Listed $Verb $Noun $Lists[$Noun] $Given
        if ($t.TimesOut[$cmdlet] -gt 0) { $t.TimesOut[$cmdlet]--; throw 'The operation has timed out.' }
        return $answer
    }
    switch ($cmdlet) {
        'Connect-ExchangeOnline' { $t.Sessions += 'ours' }
        'Disconnect-ExchangeOnline' { $t.Sessions = @($t.Sessions | Where-Object { $Given.ContainsKey('ConnectionId') -and $_ -notin @($Given.ConnectionId) }) }
        'Get-ConnectionInformation' { $t.Sessions | ForEach-Object { [pscustomobject]@{ ConnectionId = $_ } } }
        'Get-AcceptedDomain' { $t.Domains | ForEach-Object { [pscustomobject]@{ Name = $_; DomainName = $_ } } }
        'Get-HostedConnectionFilterPolicy' { [pscustomobject]@{ IPAllowList = $t.Allow } }
        'Set-HostedConnectionFilterPolicy' { $t.Allow = @($t.Allow) + @($Given.IPAllowList['Add']) }
        'Get-RemoteDomain' { [pscustomobject]@{ Name = 'Default'; DomainName = '*'; TNEFEnabled = $(if ($t.Rich) { $null } else { $false }) } }
        'Set-RemoteDomain' { $t.Rich = $Given.TNEFEnabled }
        'Get-DkimSigningConfig' { [pscustomobject]@{ Domain = 'contoso.com'; Enabled = $true } }
        'Get-MessageTraceV2' { $t.Pending }
        'Validate-OutboundConnector' { [pscustomobject]@{ TaskName = 'Connectivity'; IsTaskSuccessful = $true; TaskDetail = '' } }
        'Get-DistributionGroupMember' { $t.Members[$Given.Identity] | ForEach-Object { [pscustomobject]@{ PrimarySmtpAddress = $_ } } }
        'Get-DistributionGroup' { $t.People | Where-Object { $_.RecipientTypeDetails -like 'Mail*Group' } }
        'Get-DynamicDistributionGroup' { $t.People | Where-Object { $_.RecipientTypeDetails -eq 'DynamicDistributionGroup' } }
        'Get-Recipient' {
            if ($Given.ContainsKey('RecipientTypeDetails')) { return ($t.People | Where-Object { $_.RecipientTypeDetails -in $Given.RecipientTypeDetails }) }
            return (Find-Person $Given.Identity)
        }
    }
}

function Invoke-Listed($Verb, $Noun, $List, $Given) {
    $t = $global:Tenant
    if ($Verb -eq 'Get') { return (Show-List $List | Where-Object { -not $Given.ContainsKey('IsTransportRuleScoped') -or $_.IsTransportRuleScoped -eq $Given.IsTransportRuleScoped }) }
    if ($Verb -eq 'New') {
        if ($t[$List] | Where-Object { $_.Name -eq $Given.Name }) { throw "The name '$($Given.Name)' is already in use." }
        $object = [pscustomobject]@{ Name = $Given.Name }
        if ($Noun -eq 'TransportRule') { $object = [pscustomobject]@{ Name = $Given.Name; Priority = 0; Mode = 'Enforce'; State = $(if ($Given['Enabled'] -eq $false) { 'Disabled' } else { 'Enabled' }) } }
        Write-Fields $object $Given
        if ($Noun -eq 'TransportRule') { Move-Rule $object $Given.Priority $t.Rules.Count } else { $t[$List] += $object }
        return $object
    }
    $object = Get-Listed $List $Given.Identity
    switch ($Verb) {
        'Set' { Write-Fields $object $Given; if ($Given.ContainsKey('Priority')) { Move-Rule $object $Given.Priority ($t.Rules.Count - 1) } }
        'Enable' { $object.State = 'Enabled' }
        'Disable' { $object.State = 'Disabled' }
        'Remove' {
            if ($t.Rules | Where-Object { $_.PSObject.Properties['RouteMessageOutboundConnector'] -and $_.RouteMessageOutboundConnector -eq $object.Name }) { throw 'The connector is used by a transport rule.' }
            $t[$List] = @($t[$List] | Where-Object { $_.Name -ne $object.Name })
            for ($i = 0; $i -lt $t.Rules.Count; $i++) { $t.Rules[$i].Priority = $i }
        }
    }
}

# What a cmdlet must be given. Disconnect-ExchangeOnline takes no $null for a session, and
# closes every one when it is given none.
function Get-Mandatory($Verb, $Noun, $Name) {
    if ($Verb -eq 'Disconnect' -and $Name -eq 'ConnectionId') { return "[Parameter(Mandatory = `$true, ParameterSetName = 'ConnectionId')] " }
    if ($Verb -eq 'New' -and $Name -eq 'Name') { return '[Parameter(Mandatory = $true)] ' }
    if ($Verb -in 'Set', 'Remove', 'Enable', 'Disable' -and $Name -eq 'Identity') { return '[Parameter(Mandatory = $true)] ' }
}

foreach ($noun in $Parameters.Keys) {
    foreach ($verb in "$(if ($Verbs.ContainsKey($noun)) { $Verbs[$noun] } else { 'Get' })" -split ' ') {
        $list = (($Parameters[$noun] -split ' ' | Where-Object { $_ } | ForEach-Object { (Get-Mandatory $verb $noun $_) + $(if ($_ -in 'Device', 'ManagedIdentity') { '[switch] ' }) + '$' + $_ })) -join ', '
        Invoke-Expression @"
function $verb-$noun { [CmdletBinding(SupportsShouldProcess = `$true, DefaultParameterSetName = 'Default')] param($list)
    `$given = @{}
    foreach (`$key in `$PSBoundParameters.Keys) { if (`$key -in ('$($Parameters[$noun])' -split ' ')) { `$given[`$key] = `$PSBoundParameters[`$key] } }
    try { Invoke-Standin '$verb' '$noun' `$given } catch { Write-Error -Message `$_.Exception.Message }
}
"@
    }
}
$functions = foreach ($noun in $Parameters.Keys) {
    foreach ($verb in "$(if ($Verbs.ContainsKey($noun)) { $Verbs[$noun] } else { 'Get' })" -split ' ') { "$verb-$noun" }
}
Export-ModuleMember -Function (@($functions) + 'Reset-Tenant')
